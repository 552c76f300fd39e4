import type { Ranked } from '../search/rank.ts';
import { ChangeFollower } from './change-follower.ts';
import type { StatementCache } from './statement-cache.ts';

/** Numbers of a memory, one behind the other: importance (NaN = not known), time of the last change, of expiry, persona, namespace. */
const COLUMNS = 5;
const NO_EXPIRY = Number.POSITIVE_INFINITY;
/** Neighbouring ids share 1.3 KB. */
const IDS_PER_BLOCK = 32;
/** 16 MB, the rows of 400,000 memories; with the read after that all are forgotten. */
const MAX_BLOCKS = 12_800;
const MAX_NAMESPACES = 4_096;

const ROWS = `SELECT m.id, m.importance, m.updated_at, m.expires_at, m.persona_id, m.namespace
  FROM json_each(?) AS listed CROSS JOIN main.memories m INDEXED BY memories_ranking WHERE m.id = listed.value`;

/** Matches of a namespace that are looked up before their share tells anything. */
const ENOUGH_LOOKED_UP = 256;

/** With the persona, whom a query may name. */
export interface RankingRow extends Omit<Ranked, 'named'> {
  readonly personaId: number;
}

/**
 * What ranking needs of memories, as one connection has read it, so that a match costs a look into memory instead of one into an index:
 * 0.1 µs instead of 2. What the change log tells of is forgotten. For a connection whose snapshots only move forward.
 */
export class RankingRows {
  readonly #follower = new ChangeFollower();
  readonly #blocks = new Map<number, Float64Array>();
  readonly #namespaces = new Map<string, number>();
  readonly #shares = new Map<string, { lookedUp: number; visible: number }>();

  /** To be called inside the snapshot of the read, before `visible`. */
  begin(statements: StatementCache): void {
    const changed = this.#follower.changed(statements);
    const full = this.#blocks.size > MAX_BLOCKS || this.#namespaces.size > MAX_NAMESPACES;
    if (changed === null || full) {
      this.#blocks.clear();
      this.#namespaces.clear();
      this.#shares.clear();
    } else
      for (const id of changed) {
        const block = this.#blocks.get(Math.floor(id / IDS_PER_BLOCK));
        if (block !== undefined) block[(id % IDS_PER_BLOCK) * COLUMNS] = Number.NaN;
      }
  }

  /** Those of the ids that are memories of the namespace and have not expired, by their ids. */
  visible(
    statements: StatementCache,
    ids: readonly number[],
    namespace: string,
    now: number,
  ): ReadonlyMap<number, RankingRow> {
    const missing = ids.filter((id) => Number.isNaN(this.#blockOf(id)[slotOf(id)]));
    if (missing.length > 0)
      for (const row of statements.rows(ROWS, JSON.stringify(missing))) this.#keep(row);
    const wanted = this.#numberOf(namespace);
    const found = new Map<number, RankingRow>();
    for (const id of ids) {
      const block = this.#blockOf(id);
      const at = slotOf(id);
      const importance = block[at] as number;
      if (Number.isNaN(importance) || block[at + 4] !== wanted) continue;
      if ((block[at + 2] as number) <= now) continue;
      const [updatedAt, personaId] = [block[at + 1] as number, block[at + 3] as number];
      found.set(id, { id, importance, updatedAt, personaId });
    }
    return found;
  }

  /** Share of the matches of all namespaces that were visible in this one: 0..1; 1 before many were. Steers work, never results. */
  visibleShare(namespace: string): number {
    const { lookedUp, visible } = this.#shares.get(namespace) ?? { lookedUp: 0, visible: 0 };
    return lookedUp < ENOUGH_LOOKED_UP ? 1 : visible / lookedUp;
  }

  countMatches(namespace: string, lookedUp: number, visible: number): void {
    const share = this.#shares.get(namespace) ?? { lookedUp: 0, visible: 0 };
    share.lookedUp += lookedUp;
    share.visible += visible;
    this.#shares.set(namespace, share);
  }

  #keep(row: readonly unknown[]): void {
    const id = row[0] as number;
    const block = this.#blockOf(id);
    const at = slotOf(id);
    block[at] = row[1] as number;
    block[at + 1] = row[2] as number;
    block[at + 2] = (row[3] as number | null) ?? NO_EXPIRY;
    block[at + 3] = (row[4] as number | null) ?? 0;
    block[at + 4] = this.#numberOf(row[5] as string);
  }

  #blockOf(id: number): Float64Array {
    const number = Math.floor(id / IDS_PER_BLOCK);
    const known = this.#blocks.get(number);
    if (known !== undefined) return known;
    const block = new Float64Array(IDS_PER_BLOCK * COLUMNS).fill(Number.NaN);
    this.#blocks.set(number, block);
    return block;
  }

  #numberOf(namespace: string): number {
    const known = this.#namespaces.get(namespace) ?? this.#namespaces.size;
    this.#namespaces.set(namespace, known);
    return known;
  }
}

function slotOf(id: number): number {
  return (id % IDS_PER_BLOCK) * COLUMNS;
}
