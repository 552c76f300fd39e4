/** Ids of the vectors that are inserted: 1, 2, 3 … without a gap, so that every way knows them by the same ids. */
export interface VectorItem {
  readonly id: number;
  /** Of unit length. */
  readonly vector: Float32Array;
}

/** Results of one search. */
export const NEAREST = 10;

/** One way of keeping vectors in SQLite and of finding the nearest. */
export interface VectorWay {
  readonly name: string;
  /** Inserts all in one commit; returns the microseconds of that, without what only prepares the measurement. */
  insert(items: readonly VectorItem[]): number;
  /** To be called after inserting, before searching. */
  settle(): void;
  /** The NEAREST nearest ids, nearest first. */
  search(query: Float32Array): readonly number[];
  /** What it occupies in the file. */
  bytes(): number;
  close(): void;
}

/** A buffer of SQLite as numbers, copied only when it lies crooked in memory. */
export function floatsOf(buffer: Buffer): Float32Array {
  const aligned =
    buffer.byteOffset % Float32Array.BYTES_PER_ELEMENT === 0
      ? buffer
      : Buffer.alloc(buffer.length, buffer);
  return new Float32Array(
    aligned.buffer,
    aligned.byteOffset,
    aligned.length / Float32Array.BYTES_PER_ELEMENT,
  );
}

export function bufferOf(numbers: Float32Array | Int8Array | Uint32Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
