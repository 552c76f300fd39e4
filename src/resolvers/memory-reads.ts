import type { ListInput, Memory, MemoryPage, PersonaRecord } from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { type MemoryBy, toTarget } from './global-id.ts';
import { type MomentInput, toAsOf } from './history.ts';

/** Null when the key or id is unknown, deleted or expired. */
export async function getMemory(
  by: MemoryBy,
  asOf: MomentInput | null | undefined,
  context: RequestContext,
): Promise<Memory | null> {
  const moment = toAsOf(asOf);
  // The loader holds what is now; a moment of the past is rarely asked for twice.
  if (moment !== null) return await context.memories.get(toTarget(by), { asOf: moment });
  return await context.loaders.memories.load(toTarget(by));
}

/** For `node` and `nodes`: null where nothing is found. */
export async function getMemoriesById(
  ids: readonly number[],
  context: RequestContext,
): Promise<(Memory | null)[]> {
  return await Promise.all(ids.map((id) => context.loaders.memories.load({ id })));
}

export function listMemories(
  { asOf, ...input }: Omit<ListInput, 'asOf'> & { readonly asOf?: MomentInput | null | undefined },
  context: RequestContext,
): Promise<MemoryPage> {
  return context.memories.list({ ...input, asOf: toAsOf(asOf) });
}

/** The persona who remembers; null when nobody in particular does. */
export async function getRememberedBy(
  memory: Memory,
  context: RequestContext,
): Promise<PersonaRecord | null> {
  return memory.persona === null ? null : await context.loaders.personas.load(memory.persona);
}
