import type { MemoryRecord } from './memory-record.ts';

export type ChangeKind = 'created' | 'updated' | 'deleted';

/** One committed change. `record` is the memory after the change; for `deleted` as it was before. */
export interface ChangeRecord {
  readonly seq: number;
  readonly csn: number;
  readonly txid: string;
  readonly kind: ChangeKind;
  /** Unix ms */
  readonly at: number;
  readonly record: MemoryRecord;
}
