import type { KeptVector } from '../vectors/quantised-vector.ts';

/** What a text is embedded for; some models want queries and documents told apart. */
export type EmbeddingPurpose = 'document' | 'query';

/**
 * Turns texts into vectors. Compatible with Chroma's EmbeddingFunction by `chroma-embedder.ts`, which wraps one.
 * Vectors are finite, not zero, of one dimension, and need not be of unit length.
 */
export interface Embedder {
  /**
   * Names the model with everything that changes its vectors, as `openai/nomic-embed-text`. It is stored with every vector:
   * vectors of different models are never compared.
   */
  readonly model: string;
  /**
   * In the order of the texts. Rejects with ParticipantUnavailableError (`retryable` tells whether another try may help); a text that cannot be embedded (no known word) gives null.
   * Ends early when the signal aborts.
   */
  embed(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal,
  ): Promise<readonly (Float32Array | null)[]>;
  /** Ends threads and connections; idempotent. */
  close(): Promise<void>;
}

/** An embedder that is quick enough to run inside a write: no waiting, no I/O. */
export interface InstantEmbedder {
  readonly model: string;
  readonly dimension: number;
  /** Unit length; null when the text holds no known word. Never throws. */
  embedText(text: string): Float32Array | null;
  /** The same as it is kept, in a third of the time; the next call overwrites it. */
  embedForKeeping(text: string): KeptVector | null;
}
