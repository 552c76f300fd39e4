import type { PersonaRecord } from '../engine/index.ts';
import type { RequestContext } from './context.ts';

/** All personas of the namespace, by name. */
export async function listPersonas(context: RequestContext): Promise<readonly PersonaRecord[]> {
  const personas = await context.memories.personas(null);
  return personas.filter((persona) => persona !== null);
}

export async function getPersonasByName(
  names: readonly string[],
  context: RequestContext,
): Promise<(PersonaRecord | null)[]> {
  return await Promise.all(names.map((name) => context.loaders.personas.load(name)));
}
