import {
  type DeleteResult,
  MAX_BATCH_STORE,
  type StoreManyResult,
  type StoreResultResult,
  ValidationError,
  type WriteResult,
} from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { type MemoryBy, toTarget } from './global-id.ts';
import { clearLoaders } from './loaders.ts';
import {
  type StoreMemoryFields,
  toStoreInput,
  toUpdateInput,
  toWriteOptions,
  type UpdateMemoryFields,
  type WriteRequest,
} from './write-input.ts';

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

interface TargetedWrite extends WriteRequest {
  readonly by: MemoryBy;
  readonly ifVersion?: number | null | undefined;
}

export function incrementMemory(
  input: TargetedWrite & { readonly path?: string | null | undefined; readonly amount: number },
  context: RequestContext,
): Promise<WriteResult> {
  return writing(context, () =>
    context.memories.increment(
      { ...toTargetedInput(input), path: input.path ?? undefined, amount: input.amount },
      toWriteOptions(input),
    ),
  );
}

export function appendToMemory(
  input: TargetedWrite & {
    readonly path?: string | null | undefined;
    readonly items: readonly unknown[];
  },
  context: RequestContext,
): Promise<WriteResult> {
  return writing(context, () =>
    context.memories.append(
      { ...toTargetedInput(input), path: input.path ?? undefined, items: input.items },
      toWriteOptions(input),
    ),
  );
}

export function deleteMemory(input: TargetedWrite, context: RequestContext): Promise<DeleteResult> {
  return writing(context, () =>
    context.memories.delete(toTargetedInput(input), toWriteOptions(input)),
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

function toTargetedInput(input: TargetedWrite) {
  return { by: toTarget(input.by), ifVersion: input.ifVersion ?? undefined };
}

/** Async, so that a refused argument rejects like an engine error; clears even after a failure, whose outcome may be unknown. */
async function writing<T>(context: RequestContext, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } finally {
    clearLoaders(context.loaders);
  }
}
