import DataLoader from 'dataloader';
import {
  type EmbeddingStatus,
  MAX_BATCH_READ,
  type Memory,
  type MemoryOperations,
  type PersonaRecord,
  type Target,
} from '../engine/index.ts';

/** One loader per noun; each batch is one engine call. They live as long as one operation. */
export interface Loaders {
  readonly memories: DataLoader<Target, Memory | null, string>;
  readonly personas: DataLoader<string, PersonaRecord | null>;
  /** By the engine's number of the memory. */
  readonly embeddings: DataLoader<number, EmbeddingStatus | null>;
}

export function createLoaders(
  memories: Pick<MemoryOperations, 'getMany' | 'personas' | 'embeddingStates'>,
): Loaders {
  return {
    memories: new DataLoader((targets: readonly Target[]) => memories.getMany(targets), {
      cacheKeyFn: targetKey,
      maxBatchSize: MAX_BATCH_READ,
    }),
    personas: new DataLoader((names: readonly string[]) => memories.personas(names), {
      maxBatchSize: MAX_BATCH_READ,
    }),
    embeddings: new DataLoader((ids: readonly number[]) => memories.embeddingStates(ids), {
      maxBatchSize: MAX_BATCH_READ,
    }),
  };
}

/**
 * Forgets what was loaded. Every write calls it when it ends, so that the next field of a serial mutation document
 * reads anew; every event of a subscription does too, since its loaders outlive the event.
 */
export function clearLoaders(loaders: Loaders): void {
  loaders.memories.clearAll();
  loaders.personas.clearAll();
  loaders.embeddings.clearAll();
}

/** Ids and keys share one cache; the prefix keeps id 7 and key "7" apart. */
function targetKey(target: Target): string {
  return 'id' in target ? `id:${target.id}` : `key:${target.key}`;
}
