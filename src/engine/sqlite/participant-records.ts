import type { OutboxEntry } from '../model/participation.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import { touchedMemories } from '../touched-memories.ts';
import { addPromotion, putsOfCommits } from './outbox.ts';
import type { Publications } from './publications.ts';
import type { StatementCache } from './statement-cache.ts';

export interface ParticipantSettings {
  /** A cache outside follows the commits. */
  readonly caches: boolean;
  /** Null: no vector store does. */
  readonly publications: Publications | null;
  readonly cacheEpoch: number;
}

/**
 * What a commit group writes for the participants, in its own commit: promotions for units whose memories are fenced, a new cache epoch
 * for any other change (whatever a cache holds is then out of reach), and which staged vectors became live.
 */
export class ParticipantRecords {
  readonly #statements: StatementCache;
  readonly #settings: ParticipantSettings;
  #cacheEpoch: number;
  #unfenced = false;
  #committing: { readonly unit: WriteUnit; readonly csn: number }[] = [];

  constructor(statements: StatementCache, settings: ParticipantSettings) {
    this.#statements = statements;
    this.#settings = settings;
    this.#cacheEpoch = settings.cacheEpoch;
  }

  /** As of the last commit. */
  get cacheEpoch(): number {
    return this.#cacheEpoch;
  }

  /** That the group under way will leave. */
  get nextCacheEpoch(): number {
    return this.#cacheEpoch + (this.#unfenced ? 1 : 0);
  }

  begin({ participation }: WriteUnit): void {
    if (participation?.staged !== undefined)
      this.#settings.publications?.offer(participation.staged);
  }

  failed({ participation }: WriteUnit): void {
    if (participation?.staged !== undefined)
      this.#settings.publications?.withdraw(participation.staged);
  }

  /** Inside the savepoint of the unit; the outcome with what is left to do. */
  applied(unit: WriteUnit, outcome: UnitOutcome): UnitOutcome {
    const { caches, publications } = this.#settings;
    if (outcome.replayed) {
      this.failed(unit);
      return outcome;
    }
    if (publications !== null) this.#committing.push({ unit, csn: outcome.csn });
    if (!caches) return outcome;
    const changed = touchedMemories(outcome.outcomes);
    if (changed.length === 0) return outcome;
    const fence = unit.participation?.fence;
    const keys = new Set(fence?.keys);
    const isFenced =
      fence !== undefined &&
      Date.now() <= fence.commitBefore &&
      changed.every(({ key }) => keys.has(key));
    if (!isFenced) {
      this.#unfenced = true;
      return outcome;
    }
    const { txid, namespace } = unit;
    const entry = addPromotion(this.#statements, {
      csn: outcome.csn,
      txid,
      namespace,
      keys: fence.keys,
    });
    return { ...outcome, outbox: [entry] };
  }

  /** After the indexes have followed, before COMMIT: what the commits with these numbers left to do for the vector store. */
  finish(afterCsn: number, csn: number): ReadonlyMap<number, readonly OutboxEntry[]> {
    const { publications } = this.#settings;
    if (publications === null) return new Map();
    publications.discardUnused(
      this.#committing.map(({ unit }) => ({
        namespace: unit.namespace,
        staged: unit.participation?.staged ?? [],
      })),
      csn,
    );
    return putsOfCommits(this.#statements, afterCsn, csn);
  }

  committed(): void {
    this.#cacheEpoch = this.nextCacheEpoch;
    this.#reset();
  }

  rolledBack(): void {
    this.#settings.publications?.rolledBack();
    this.#reset();
  }

  /** The epoch was moved on outside of a group. */
  moved(cacheEpoch: number): void {
    this.#cacheEpoch = cacheEpoch;
  }

  #reset(): void {
    this.#unfenced = false;
    this.#committing = [];
  }
}
