import type { OperationOutcome } from '../../model/unit-outcome.ts';
import { SqliteTransactionView } from '../sqlite-transaction-view.ts';
import { replicaRefusal } from './replica-refusal.ts';

/** A transaction that can only read: a write is refused where it is made, not at a commit that could never succeed. */
export class ReadOnlyView extends SqliteTransactionView {
  override async write(): Promise<readonly OperationOutcome[]> {
    throw replicaRefusal();
  }
}
