import type { EmbeddingStatus, Memory } from '../engine/index.ts';
import type { RequestContext } from './context.ts';

/** Null when no vector is wanted. */
export function getEmbedding(
  memory: Memory,
  context: RequestContext,
): Promise<EmbeddingStatus | null> {
  return context.loaders.embeddings.load(memory.id);
}
