/** What a slow embedder made of a memory's text. */
export interface EmbeddedText {
  readonly memoryId: number;
  /** CRC-32 of the text that was embedded: an answer for an older text is dropped. */
  readonly textCrc: number;
  /** Unit length; null when the text could not be embedded. */
  readonly vector: Float32Array | null;
  /** Why there is no vector; null: there is nothing to embed in the text. */
  readonly error: string | null;
  readonly attempts: number;
  /** Unix ms of the next attempt; null = it is given up. */
  readonly retryAt: number | null;
}
