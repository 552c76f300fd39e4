/** How far the vectors of memories are. */
export interface EmbeddingReads {
  /** In the order of the ids; null = there is nothing to embed, or the memory is gone. */
  embeddingStates: {
    args: { readonly namespace: string; readonly ids: readonly number[] };
    result: readonly (EmbeddingStatus | null)[];
  };
  /**
   * Texts of any namespace for a slow embedder: those that wait and may be tried at `now`, or, by id, all after `afterId` that have
   * no sound vector of the model in use.
   */
  unembedded: {
    args: { readonly limit: number } & ({ readonly now: number } | { readonly afterId: number });
    result: readonly {
      readonly memoryId: number;
      readonly text: string;
      /** CRC-32 of the text. */
      readonly textCrc: number;
      readonly attempts: number;
      /** Unix ms; not to be tried before. */
      readonly retryAt: number;
    }[];
  };
  /** Of the whole file. */
  embeddingSummary: { args: null; result: EmbeddingSummary };
}

/** How far the vector of a memory is. */
export interface EmbeddingStatus {
  readonly state: 'PENDING' | 'READY' | 'FAILED';
  /** Why the last attempt failed; null when none did. */
  readonly error: string | null;
}

/** Vectors of the whole file by state. */
export interface EmbeddingSummary {
  readonly memories: number;
  /** Of the model in use. */
  readonly ready: number;
  readonly pending: number;
  readonly failed: number;
  /** Vectors of an earlier model. */
  readonly outdated: number;
}
