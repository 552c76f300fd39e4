import type {
  RowFailure,
  TransferRecord,
  TransferRow,
} from '../../../src/engine/transfer/transfer-row.ts';

export interface Collected {
  readonly records: readonly TransferRecord[];
  readonly failures: readonly RowFailure[];
  readonly notes: readonly string[];
}

export async function collect(source: AsyncIterable<TransferRow>): Promise<Collected> {
  const records: TransferRecord[] = [];
  const failures: RowFailure[] = [];
  const notes: string[] = [];
  for await (const row of source) {
    if ('failure' in row) failures.push(row.failure);
    else if ('record' in row) {
      records.push(row.record);
      if (row.note !== undefined) notes.push(row.note);
    }
  }
  return { records, failures, notes };
}
