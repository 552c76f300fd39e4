import type { Anomaly, AnomalyName } from './anomaly.ts';
import { CyclePaths } from './cycle-paths.ts';
import { type Dependency, type DependencyKind, findDependencies } from './dependencies.ts';
import { type Graph, strongComponents } from './strong-components.ts';
import type { RunRecord } from './transaction-record.ts';

/** Read-write dependencies of one component that are tried as the one of a cycle; more would tell nothing new. */
const TRIED_PER_COMPONENT = 200;

/**
 * All anomalies of a run, whatever its level allows. Every strongly connected component gives one cycle as a witness, of
 * the worst kind that it holds. The order of real time counts as a dependency, so that what is called serialisable is
 * strictly so.
 */
export function checkHistory(run: RunRecord): readonly Anomaly[] {
  return new Checker(run).check();
}

class Checker {
  readonly #dependencies: ReturnType<typeof findDependencies>;
  readonly #found: Anomaly[];
  readonly #paths: CyclePaths;

  constructor(run: RunRecord) {
    this.#dependencies = findDependencies(run);
    this.#found = [...this.#dependencies.anomalies];
    this.#paths = new CyclePaths(this.#dependencies);
  }

  check(): readonly Anomaly[] {
    this.#plainCycles('G0', ['ww']);
    this.#plainCycles('G1c', ['ww', 'wr', 'rt']);
    const explained = this.#singleCycles();
    this.#skewCycles(explained);
    return this.#found;
  }

  #plainCycles(name: 'G0' | 'G1c', kinds: readonly DependencyKind[]): void {
    const { nodes } = this.#dependencies;
    for (const component of strongComponents(this.#graph(kinds))) {
      const [start] = component.filter((node) => node < nodes);
      if (start === undefined) continue;
      const cycle = this.#paths.cycleThrough(start, kinds, new Set(component));
      // Every G0 is a G1c as well; it is told once.
      if (name === 'G1c' && cycle.every(({ kind }) => kind === 'ww')) continue;
      this.#note(name, cycle);
    }
  }

  /**
   * Cycles without two neighbouring read-write dependencies, which snapshot isolation forbids (Fekete et al. 2005): in a
   * graph of (transaction, came by rw) a path never takes two of them in a row. Returns the transactions of these cycles.
   */
  #singleCycles(): ReadonlySet<number> {
    const { nodes, edges } = this.#dependencies;
    const graph: number[][] = Array.from({ length: 2 * nodes }, () => []);
    for (const { from, to, kind } of edges) {
      if (kind === 'rw') graph[2 * from]?.push(2 * to + 1);
      else {
        graph[2 * from]?.push(2 * to);
        graph[2 * from + 1]?.push(2 * to);
      }
    }
    const explained = new Set<number>();
    for (const component of strongComponents(graph)) {
      const members = new Set(component.map((node) => node >> 1));
      for (const node of members) explained.add(node);
      this.#nameSingles(members);
    }
    return explained;
  }

  #nameSingles(members: ReadonlySet<number>): void {
    const kinds = ['ww', 'wr', 'rt'] as const;
    const inside = this.#inside(members, 'rw').slice(0, TRIED_PER_COMPONENT);
    let named = 0;
    for (const edge of inside) {
      const back = this.#paths.shortest(edge.to, edge.from, kinds, members);
      if (back === undefined) continue;
      named += 1;
      const isLost = back.length === 1 && back[0]?.kind === 'ww' && back[0].key === edge.key;
      this.#note(isLost ? 'lost update' : 'G-single', [edge, ...back]);
    }
    // Without any rw the component is one of G0 or G1c, told already.
    if (named === 0 && inside.length > 0) {
      const back = this.#longWayBack(inside, members);
      if (back !== undefined) this.#note('G-nonadjacent', back);
    }
  }

  /** Components that are left hold cycles with two neighbouring read-write dependencies only: write skew. */
  #skewCycles(explained: ReadonlySet<number>): void {
    for (const component of strongComponents(this.#graph(['ww', 'wr', 'rw', 'rt']))) {
      const members = new Set(component);
      const inside = this.#inside(members, 'rw').filter(
        ({ from, to }) => !explained.has(from) || !explained.has(to),
      );
      const cycle = this.#longWayBack(inside, members);
      if (cycle === undefined) continue;
      this.#note(cycle.some(({ phantom }) => phantom) ? 'G2' : 'G2-item', cycle);
    }
  }

  #longWayBack(
    candidates: readonly Dependency[],
    members: ReadonlySet<number>,
  ): readonly Dependency[] | undefined {
    const [edge] = candidates;
    if (edge === undefined) return undefined;
    const back = this.#paths.shortest(edge.to, edge.from, ['ww', 'wr', 'rw', 'rt'], members);
    return back === undefined ? undefined : [edge, ...back];
  }

  #inside(members: ReadonlySet<number>, kind: DependencyKind): readonly Dependency[] {
    return [...members].flatMap((node) =>
      this.#paths.from(node).filter((edge) => edge.kind === kind && members.has(edge.to)),
    );
  }

  #graph(kinds: readonly DependencyKind[]): Graph {
    const graph: number[][] = Array.from({ length: this.#dependencies.nodes }, () => []);
    for (const { from, to, kind } of this.#dependencies.edges)
      if (kinds.includes(kind)) graph[from]?.push(to);
    return graph;
  }

  #note(name: AnomalyName, cycle: readonly Dependency[]): void {
    this.#found.push({ name, witness: this.#paths.describe(cycle) });
  }
}
