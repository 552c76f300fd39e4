const BITS_PER_WORD = 32;

/** 32-bit words of a code. */
export function codeWords(dimension: number): number {
  return Math.ceil(dimension / BITS_PER_WORD);
}

/** The signs of a vector, one bit for each dimension: two vectors of similar direction differ in few of them. */
export function signCode(vector: Float32Array): Uint32Array {
  const dimension = vector.length;
  const code = new Uint32Array(codeWords(dimension));
  for (let word = 0, index = 0; word < code.length; word += 1) {
    const end = Math.min(dimension, index + BITS_PER_WORD);
    let bits = 0;
    for (let bit = 1; index < end; index += 1, bit <<= 1)
      if ((vector[index] as number) > 0) bits |= bit;
    code[word] = bits;
  }
  return code;
}

/** Whether a code can be that of a kept vector: a small component may have been rounded to 0, which tells nothing of its sign. */
export function isCodeOf(code: Uint32Array, bytes: Int8Array): boolean {
  return bytes.every((byte, index) => {
    const bit = ((code[index >>> 5] ?? 0) >>> (index & 31)) & 1;
    return byte === 0 || bit === (byte > 0 ? 1 : 0);
  });
}
