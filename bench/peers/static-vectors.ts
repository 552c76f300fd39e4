import { loadInternals } from '../engine-internals.ts';

/** The embedder that ships with Trinitas, for memories that have none offline. */
export async function openStaticVectors(engineUrl: string) {
  const { loadStaticTable, StaticEmbedder } = await loadInternals(engineUrl);
  const table = loadStaticTable();
  const embedder = new StaticEmbedder(table);
  const nothing = new Float32Array(table.dimension);
  return {
    dimension: table.dimension,
    /** Of unit length, as base64 of float32 in the order of the machine. */
    vectorOf(text: string): string {
      const { buffer, byteOffset, byteLength } = embedder.embedText(text) ?? nothing;
      return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
    },
  };
}
