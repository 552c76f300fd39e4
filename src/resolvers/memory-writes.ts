import {
  type DeleteResult,
  MAX_BATCH_STORE,
  type StoreManyResult,
  type StoreResultResult,
  ValidationError,
  type WriteResult,
} from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import {
  type AppendFields,
  type IncrementFields,
  type StoreMemoryFields,
  type TargetedFields,
  toAppendInput,
  toDeleteInput,
  toIncrementInput,
  toStoreInput,
  toUpdateInput,
  toWriteOptions,
  type UpdateMemoryFields,
  type WriteRequest,
} from './write-input.ts';
import { writing } from './writing.ts';

export function storeMemory(
  input: StoreMemoryFields & WriteRequest,
  context: RequestContext,
): Promise<WriteResult> {
  return writing(context, () => context.memories.store(toStoreInput(input), toWriteOptions(input)));
}

export function storeMemories(
  input: WriteRequest & { readonly items: readonly StoreMemoryFields[]; readonly atomic: boolean },
  context: RequestContext,
): Promise<StoreManyResult> {
  return writing(context, () => {
    assertBatchSize(input.items.length);
    return context.memories.storeMany(input.items.map(toStoreInput), {
      ...toWriteOptions(input),
      atomic: input.atomic,
    });
  });
}

/** The library takes more, but answers of the API carry every item back. */
function assertBatchSize(size: number): void {
  if (size <= MAX_BATCH_STORE) return;
  throw new ValidationError([
    { path: ['items'], message: `must hold at most ${MAX_BATCH_STORE} memories, not ${size}` },
  ]);
}

export function updateMemory(
  input: UpdateMemoryFields & WriteRequest,
  context: RequestContext,
): Promise<WriteResult> {
  return writing(context, () =>
    context.memories.update(toUpdateInput(input), toWriteOptions(input)),
  );
}

export function incrementMemory(
  input: IncrementFields & WriteRequest,
  context: RequestContext,
): Promise<WriteResult> {
  return writing(context, () =>
    context.memories.increment(toIncrementInput(input), toWriteOptions(input)),
  );
}

export function appendToMemory(
  input: AppendFields & WriteRequest,
  context: RequestContext,
): Promise<WriteResult> {
  return writing(context, () =>
    context.memories.append(toAppendInput(input), toWriteOptions(input)),
  );
}

export function deleteMemory(
  input: TargetedFields & WriteRequest,
  context: RequestContext,
): Promise<DeleteResult> {
  return writing(context, () =>
    context.memories.delete(toDeleteInput(input), toWriteOptions(input)),
  );
}

export function storeResult(
  input: WriteRequest & {
    readonly persona: string;
    readonly task: string;
    readonly result?: unknown;
    readonly importance?: number | null | undefined;
  },
  context: RequestContext,
): Promise<StoreResultResult> {
  const { persona, task, result, importance } = input;
  return writing(context, () =>
    context.memories.storeResult(
      { persona, task, result, importance: importance ?? undefined },
      toWriteOptions(input),
    ),
  );
}
