/** What the embedding thread is started with. */
export interface TransformersThreadData {
  /** Address of @huggingface/transformers. */
  readonly packageUrl: string;
  /** Directory above the model; null = `model` is a hub id. */
  readonly localPath: string | null;
  readonly model: string;
  /** Null = the package's default. */
  readonly dtype: string | null;
  readonly pooling: 'mean' | 'cls' | 'last_token';
  readonly allowDownload: boolean;
  /** Null = the package's default. */
  readonly cacheDirectory: string | null;
  readonly threads: number;
}

/** One batch; the next is sent after the answer to the one before. */
export interface TransformersBatch {
  readonly texts: readonly string[];
}

/**
 * `loaded` comes once, before the first `vectors`. The values of `vectors` stand one vector after the other. `failed`
 * names the phase: after `load` the thread is of no use.
 */
export type TransformersMessage =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'vectors'; readonly values: Float32Array; readonly dimension: number }
  | { readonly kind: 'failed'; readonly phase: 'load' | 'batch'; readonly message: string };
