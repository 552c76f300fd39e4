import type { Target } from './model/memory-record.ts';
import type { WriteOperation } from './model/write-operation.ts';

/** The memories that an operation names: one, or both ends of a link. */
export function operationTargets(operation: WriteOperation): readonly Target[] {
  switch (operation.kind) {
    case 'store':
      return [{ key: operation.key }];
    case 'link':
    case 'unlink':
      return [operation.from, operation.to];
    default:
      return [operation.target];
  }
}

/** Its outcome depends on memories that it does not name. */
export function looksForDuplicates(operation: WriteOperation): boolean {
  return operation.kind === 'store' && operation.onDuplicate !== undefined;
}
