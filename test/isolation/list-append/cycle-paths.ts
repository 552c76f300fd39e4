import type { Dependencies, Dependency, DependencyKind } from './dependencies.ts';

/** Finds and describes paths through the dependencies of a run. */
export class CyclePaths {
  readonly #dependencies: Dependencies;
  readonly #outgoing: readonly Dependency[][];

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#outgoing = Array.from({ length: dependencies.nodes }, () => []);
    for (const edge of dependencies.edges) this.#outgoing[edge.from]?.push(edge);
  }

  from(node: number): readonly Dependency[] {
    return this.#outgoing[node] ?? [];
  }

  /** The shortest path by these kinds of dependencies inside of the members, or undefined. */
  shortest(
    start: number,
    goal: number,
    kinds: readonly DependencyKind[],
    members: ReadonlySet<number>,
  ): readonly Dependency[] | undefined {
    const cameBy = new Map<number, Dependency | undefined>([[start, undefined]]);
    let frontier = [start];
    while (frontier.length > 0) {
      const next: number[] = [];
      for (const node of frontier) {
        for (const edge of this.from(node)) {
          if (!kinds.includes(edge.kind) || !members.has(edge.to) || cameBy.has(edge.to)) continue;
          cameBy.set(edge.to, edge);
          if (edge.to === goal) return this.#trace(edge, cameBy);
          next.push(edge.to);
        }
      }
      frontier = next;
    }
    return undefined;
  }

  cycleThrough(
    start: number,
    kinds: readonly DependencyKind[],
    members: ReadonlySet<number>,
  ): readonly Dependency[] {
    for (const edge of this.from(start)) {
      if (!kinds.includes(edge.kind) || !members.has(edge.to)) continue;
      const back = this.shortest(edge.to, start, kinds, members);
      if (back !== undefined) return [edge, ...back];
    }
    return [];
  }

  /** `T1 -rw k3: [1 2] read, then 5-> T2 …`; what really passed between two transactions only by time is `rt`. */
  describe(cycle: readonly Dependency[]): string {
    const count = this.#dependencies.transactions.length;
    const name = (node: number): string => `T${this.#dependencies.transactions[node]?.id}`;
    const parts = cycle.flatMap(({ from, to, kind, key, why }) => {
      const start = from < count ? [name(from)] : [];
      if (kind !== 'rt') return [...start, `-${kind} ${key}: ${why}->`];
      return to < count ? [...start, '-rt->'] : start;
    });
    return [...parts, parts[0]].join(' ');
  }

  #trace(last: Dependency, cameBy: ReadonlyMap<number, Dependency | undefined>): Dependency[] {
    const path: Dependency[] = [];
    for (let edge: Dependency | undefined = last; edge !== undefined; edge = cameBy.get(edge.from))
      path.unshift(edge);
    return path;
  }
}
