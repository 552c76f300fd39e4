import type { Target } from '../model/memory-record.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import { looksForDuplicates, operationTargets } from '../operation-targets.ts';
import type { TransactionRead } from './backend.ts';

/** What one step of a transaction does. */
export type TransactionAction =
  | { readonly kind: 'write'; readonly operations: readonly WriteOperation[]; readonly now: number }
  | { readonly kind: 'read'; readonly read: TransactionRead };

/** The single memories that a step looks at; null when it is a query or decides by one, which looks at all of them. */
export function targetsOf(action: TransactionAction): readonly Target[] | null {
  if (action.kind === 'write')
    return action.operations.some(searches) ? null : action.operations.flatMap(operationTargets);
  if (action.read.kind === 'getMany') return action.read.args.targets;
  return action.read.kind === 'answer' ? [] : null;
}

/** Duplicates may be anywhere, and so may the other memories of a chain of superseded ones. */
function searches(operation: WriteOperation): boolean {
  if (operation.kind === 'link') return operation.link === 'supersedes';
  return looksForDuplicates(operation);
}
