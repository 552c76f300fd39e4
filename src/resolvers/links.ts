import {
  type Duplicate,
  type LinkInput,
  type LinkKind,
  type LinkResult,
  type Memory,
  NotFoundError,
  type RelatedInput,
  type RelatedMemory,
} from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { type MemoryBy, toTarget } from './global-id.ts';
import { toWriteOptions, type WriteRequest } from './write-input.ts';
import { writing } from './writing.ts';

export interface LinkRequest {
  readonly from: MemoryBy;
  readonly to: MemoryBy;
  readonly kind: LinkKind;
}

export function linkMemories(
  input: LinkRequest & WriteRequest,
  context: RequestContext,
): Promise<LinkResult> {
  return writing(context, () => context.memories.link(toLinkInput(input), toWriteOptions(input)));
}

export function unlinkMemories(
  input: LinkRequest & WriteRequest,
  context: RequestContext,
): Promise<LinkResult> {
  return writing(context, () => context.memories.unlink(toLinkInput(input), toWriteOptions(input)));
}

export function toLinkInput({ from, to, kind }: LinkRequest): LinkInput {
  return { from: toTarget(from, ['from']), to: toTarget(to, ['to']), kind };
}

/** Empty for a memory that is only told of, such as one that was deleted. */
export async function getRelated(
  memory: Memory,
  input: Omit<RelatedInput, 'to'>,
  context: RequestContext,
): Promise<readonly RelatedMemory[]> {
  const memories = context.transaction?.loadsFrom ?? context.memories;
  try {
    return await memories.related({ ...input, to: { id: memory.id } });
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}

/** Null when it was deleted since. */
export async function getDuplicate(
  { id }: Duplicate,
  context: RequestContext,
): Promise<Memory | null> {
  return await context.loaders.memories.load({ id });
}
