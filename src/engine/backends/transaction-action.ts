import type { Target, WriteOperation } from '../types.ts';
import type { TransactionRead } from './backend.ts';
import { targetOf } from './operation-log.ts';

/** What one step of a transaction does. */
export type TransactionAction =
  | { readonly kind: 'write'; readonly operations: readonly WriteOperation[]; readonly now: number }
  | { readonly kind: 'read'; readonly read: TransactionRead };

/** The single memories that a step looks at; null when it is a query, which looks at all of them. */
export function targetsOf(action: TransactionAction): readonly Target[] | null {
  if (action.kind === 'write') return action.operations.map(targetOf);
  if (action.read.kind === 'getMany') return action.read.args.targets;
  return action.read.kind === 'answer' ? [] : null;
}
