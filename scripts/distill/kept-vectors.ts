import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Matrix } from './matrix.ts';

const HASH_BYTES = 32;

/** The vectors of the texts out of `file` when it was written for the same texts; otherwise computed and written there. */
export async function keptVectors(
  file: string | undefined,
  texts: readonly (readonly number[])[],
  compute: (texts: readonly (readonly number[])[]) => Promise<Matrix>,
): Promise<Matrix> {
  if (file === undefined) return await compute(texts);
  const hash = createHash('sha256').update(JSON.stringify(texts)).digest();
  if (existsSync(file)) {
    const bytes = readFileSync(file);
    if (bytes.subarray(0, HASH_BYTES).equals(hash)) {
      const values = new Float32Array(bytes.buffer, bytes.byteOffset + HASH_BYTES);
      return { rows: texts.length, columns: values.length / texts.length, values };
    }
  }
  const vectors = await compute(texts);
  const { buffer, byteOffset, byteLength } = vectors.values;
  writeFileSync(file, Buffer.concat([hash, Buffer.from(buffer, byteOffset, byteLength)]));
  return vectors;
}
