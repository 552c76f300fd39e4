/** A vector as it is kept: one signed byte for each dimension. */
export interface QuantisedVector {
  readonly bytes: Int8Array;
  /** 1 / length of `bytes`, so that bytes × scale has unit length. */
  readonly scale: number;
}

/** With the code that the index of sign codes holds of it. */
export interface KeptVector extends QuantisedVector {
  readonly code: Uint32Array;
}

const LARGEST_BYTE = 127;

/**
 * Signed bytes relative to the largest component. Against float32 the cosine of two unit vectors changes by less than 0.01
 * (a quantisation step is 1/127 of the largest component); bench/vector-category.ts prints what that does to recall.
 */
export function quantise(vector: Float32Array): QuantisedVector {
  const dimension = vector.length;
  let largest = 0;
  for (let index = 0; index < dimension; index += 1) {
    const size = Math.abs(vector[index] as number);
    if (size > largest) largest = size;
  }
  const factor = LARGEST_BYTE / largest;
  const bytes = new Int8Array(dimension);
  let squares = 0;
  for (let index = 0; index < dimension; index += 1) {
    const byte = Math.floor((vector[index] as number) * factor + 0.5) | 0;
    bytes[index] = byte;
    squares += byte * byte;
  }
  return { bytes, scale: 1 / Math.sqrt(squares) };
}

/** The scale that `quantise` gives the bytes from `from` to `end`. */
export function scaleOf(bytes: Int8Array, from: number, end: number): number {
  let squares = 0;
  for (let index = from; index < end; index += 1) {
    const byte = bytes[index] as number;
    squares += byte * byte;
  }
  return 1 / Math.sqrt(squares);
}

/** A kept vector as one of unit length again. */
export function toVector(bytes: Int8Array, scale: number): Float32Array {
  return Float32Array.from(bytes, (byte) => byte * scale);
}

/** Cosine between a vector of unit length and a kept one of the same dimension, whose bytes begin at `from`: -1..1. */
export function cosineSimilarity(
  query: Float32Array,
  bytes: Int8Array,
  scale: number,
  from = 0,
): number {
  let sum = 0;
  for (let index = 0; index < query.length; index += 1)
    sum += (query[index] as number) * (bytes[from + index] as number);
  return Math.max(-1, Math.min(1, sum * scale));
}
