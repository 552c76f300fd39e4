/** What we use of Chroma's EmbeddingFunction interface (chromadb 3). */
export interface ChromaEmbeddingFunction {
  generate(texts: string[]): Promise<unknown>;
  /** Absent = queries are embedded like documents. */
  generateForQueries?(texts: string[]): Promise<unknown>;
}

export function isChromaEmbeddingFunction(value: unknown): value is ChromaEmbeddingFunction {
  if (typeof value !== 'object' || value === null || !('generate' in value)) return false;
  return typeof value.generate === 'function';
}
