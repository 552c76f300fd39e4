import type { StatementCache } from './statement-cache.ts';

const NEWEST = 'SELECT change_seq FROM main.engine_meta WHERE id = 1';
const CHANGED = 'SELECT memory_id FROM main.changes WHERE seq > ?';
/** More changes than this, and what was kept is better read anew. */
const MAX_FOLLOWED = 65_536;

/** Which memories have changed since the last look: for what a connection keeps of memories while its snapshots only move forward. */
export class ChangeFollower {
  /** The newest change that is known; -1 before the first look. */
  #seq = -1;

  /**
   * Inside the snapshot of the read: the ids, possibly twice, of memories that were deleted too. Null when the log does not tell each of
   * the changes, as at first and after it was trimmed; a damaged log is told of by who reads it for itself.
   */
  changed(statements: StatementCache): readonly number[] | null {
    const newest = statements.row(NEWEST)?.[0] as number;
    const known = this.#seq;
    this.#seq = newest;
    const count = newest - known;
    if (count === 0) return [];
    if (known < 0 || count < 0 || count > MAX_FOLLOWED) return null;
    try {
      const changed = statements.use(CHANGED).pluck(true).all(known) as number[];
      return changed.length === count ? changed : null;
    } catch {
      return null;
    }
  }
}
