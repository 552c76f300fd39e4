/** A model whose vectors the file holds. */
export interface EmbedderInfo {
  readonly id: number;
  readonly model: string;
  /** null until its first vector. */
  readonly dimension: number | null;
  /** Every memory was offered to it, so that no other model needs to serve. */
  readonly complete: boolean;
  /** Opens the embedder again: `memory.embedder` without secrets, as JSON text. */
  readonly settingsText: string;
}
