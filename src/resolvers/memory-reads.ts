import type { ListInput, Memory, MemoryPage, PersonaRecord } from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { type MemoryBy, toTarget } from './global-id.ts';

/** Null when the key or id is unknown, deleted or expired. */
export function getMemory(by: MemoryBy, context: RequestContext): Promise<Memory | null> {
  return context.loaders.memories.load(toTarget(by));
}

/** For `node` and `nodes`: null where nothing is found. */
export async function getMemoriesById(
  ids: readonly number[],
  context: RequestContext,
): Promise<(Memory | null)[]> {
  return await Promise.all(ids.map((id) => context.loaders.memories.load({ id })));
}

export function listMemories(input: ListInput, context: RequestContext): Promise<MemoryPage> {
  return context.memories.list(input);
}

/** The persona who remembers; null when nobody in particular does. */
export async function getRememberedBy(
  memory: Memory,
  context: RequestContext,
): Promise<PersonaRecord | null> {
  return memory.persona === null ? null : await context.loaders.personas.load(memory.persona);
}
