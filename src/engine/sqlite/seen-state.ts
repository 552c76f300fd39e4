import type { Target } from '../model/memory-record.ts';
import type { OperationOutcome } from '../model/unit-outcome.ts';
import type { SeenLink, SeenPredicate, SeenVersion } from '../model/validation.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import { looksForDuplicates } from '../operation-targets.ts';
import type { DeadlineClock } from './deadline-clock.ts';
import { csnOfLink } from './links.ts';
import { csnOfMemory } from './memories.ts';
import type { OverlayQueries, OverlayQuery } from './overlay-queries.ts';
import { digestOf } from './record-digest.ts';
import type { StatementCache } from './statement-cache.ts';

/** All queries of a transaction run once more; a thread must not be held longer than that. */
const DIGESTS_BUDGET_MS = 10_000;

/**
 * What a transaction has seen of its snapshot, to be compared with a newer one: which memories in which version, and which queries.
 * Its own writes do not count.
 */
export class SeenState {
  readonly #statements: StatementCache;
  readonly #queries: OverlayQueries;
  readonly #clock: DeadlineClock;
  readonly #versions = new Map<string, SeenVersion>();
  #asked: OverlayQuery[] = [];
  #namespace = '';
  #pinned = false;

  constructor(statements: StatementCache, queries: OverlayQueries, clock: DeadlineClock) {
    this.#statements = statements;
    this.#queries = queries;
    this.#clock = clock;
  }

  /** Without a pinned snapshot there is nothing to compare, and nothing is remembered. */
  begin(namespace: string, pinned: boolean): void {
    this.#namespace = namespace;
    this.#pinned = pinned;
  }

  forget(): void {
    this.#versions.clear();
    this.#asked = [];
  }

  /** What the file held when it was first looked at. */
  addTargets(targets: readonly Target[]): void {
    if (!this.#pinned) return;
    for (const target of targets) {
      const name = JSON.stringify(target);
      if (!this.#versions.has(name)) this.#versions.set(name, { target, csn: this.#csnOf(target) });
    }
  }

  /** Its digest can wait: as long as the snapshot is pinned, the query gives the same. */
  addQuery({ kind, args }: OverlayQuery): void {
    if (this.#pinned) this.#asked.push({ kind, args } as OverlayQuery);
  }

  /** A store that looks for duplicates is decided by a query. */
  addLook(operation: WriteOperation, now: number): void {
    if (operation.kind !== 'store' || !looksForDuplicates(operation)) return;
    const { key, valueText, section, persona } = operation;
    const args = { namespace: this.#namespace, key, valueText, section, persona, now };
    this.addQuery({ kind: 'duplicates', args });
  }

  /** What stores that looked for duplicates told of them. */
  addDuplicates(outcomes: readonly OperationOutcome[]): void {
    this.addTargets(outcomes.flatMap(duplicatesOf));
  }

  versions(): readonly SeenVersion[] {
    return [...this.#versions.values()];
  }

  /** What the queries give on the file as it is pinned now, all of them or those of a kind; the overlay must be empty. */
  predicates(kind?: OverlayQuery['kind']): readonly SeenPredicate[] {
    this.#clock.set(Date.now() + DIGESTS_BUDGET_MS);
    const asked =
      kind === undefined ? this.#asked : this.#asked.filter((query) => query.kind === kind);
    return asked.map((query) => ({
      ...query,
      digest: digestOf(query.kind, this.#queries.answer(query)),
    }));
  }

  /** Whether memories, links and queries are on the file as it is pinned now what they were before. */
  isSame(
    versions: readonly SeenVersion[],
    links: readonly SeenLink[],
    predicates: readonly SeenPredicate[],
  ): boolean {
    const now = this.predicates();
    return (
      versions.every(({ target, csn }) => this.#csnOf(target) === csn) &&
      links.every((link) => csnOfLink(this.#statements, link) === link.csn) &&
      predicates.every(({ digest }, index) => digest === now[index]?.digest)
    );
  }

  #csnOf(target: Target): number {
    return csnOfMemory(this.#statements, this.#namespace, target);
  }
}

function duplicatesOf(outcome: OperationOutcome): readonly Target[] {
  if (!('duplicates' in outcome)) return [];
  return (outcome.duplicates ?? []).map(({ id }) => ({ id }));
}
