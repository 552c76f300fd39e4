import { RECORD_SOURCE } from './record-row.ts';

/**
 * Where the record queries read: the file for everybody, file and overlay for a transaction. Table `m` has the columns
 * of `memories`; `p` and `a` are joined as RECORD_SOURCE joins them.
 */
export interface RecordSource {
  /** What stands behind FROM. */
  readonly from: string;
  /** Extra condition, starting with AND; empty for none. */
  readonly condition: string;
  readonly fullTextTable: string;
}

export const FILE_SOURCE: RecordSource = {
  from: RECORD_SOURCE,
  condition: '',
  fullTextTable: 'memories_text',
};

/** What the transaction has not touched. */
export const UNTOUCHED_SOURCE: RecordSource = {
  from: RECORD_SOURCE.replace('memories m', 'main.memories m'),
  condition: 'AND m.id NOT IN (SELECT id FROM temp.overlay_memories)',
  fullTextTable: 'main.memories_text',
};

/** What the transaction wrote. */
export const OVERLAY_SOURCE: RecordSource = {
  from: RECORD_SOURCE.replace('memories m', 'temp.overlay_memories m'),
  condition: 'AND m.live = 1',
  fullTextTable: 'temp.overlay_text',
};
