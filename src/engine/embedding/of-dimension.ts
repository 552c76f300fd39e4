import type { Embedder } from './embedder.ts';
import { embedderError } from './embedder-error.ts';

/**
 * An embedder whose vectors must have the dimension of those that the store holds from the same model; null = of any. A server that
 * was given another model under the old name is found out so, also after a restart: its vectors cannot be compared with the older ones.
 * Rejects as every embedder does, with VECTOR.
 */
export function ofDimension(embedder: Embedder, dimension: number | null): Embedder {
  if (dimension === null) return embedder;
  return {
    model: embedder.model,
    embed: async (texts, purpose, signal) => {
      const vectors = await embedder.embed(texts, purpose, signal);
      const wrong = vectors.findIndex((vector) => vector !== null && vector.length !== dimension);
      if (wrong < 0) return vectors;
      throw embedderError(
        embedder.model,
        'VECTOR',
        `its vectors have ${vectors[wrong]?.length} numbers, those in the store ${dimension}`,
        {
          data: { dimension },
          remedy:
            'Configure the model that made the stored vectors, or give the new one another name.',
        },
      );
    },
    close: () => embedder.close(),
  };
}
