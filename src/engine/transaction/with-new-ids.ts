import { MemorySystemError } from '../errors.ts';
import type { IdAllocator } from '../id-allocator.ts';
import type { WriteOperation } from '../model/write-operation.ts';

/** Memories that come into being get their final ids now, so that what is read inside stays true outside. */
export async function withNewIds(
  operations: readonly WriteOperation[],
  allocator: IdAllocator,
): Promise<readonly WriteOperation[]> {
  const stores = operations.filter((operation) => operation.kind === 'store').length;
  if (stores === 0) return operations;
  const ids = [...(await allocator.take(stores))];
  return operations.map((operation) => {
    if (operation.kind !== 'store') return operation;
    const newId = ids.shift();
    if (newId === undefined) throw new MemorySystemError('ids ran out');
    return { ...operation, newId };
  });
}
