/** Ids whose codes share a block: one row of a block is rewritten for each commit, about 9 KB at 256 dimensions. */
export const IDS_PER_BLOCK = 256;

/**
 * Sign codes of up to 256 neighbouring ids. As bytes: the slots (id modulo 256) in ascending order, one byte each, filled up to a
 * multiple of four; then the codes in the same order. In memory they lie the same way, so that a block is written by copying.
 */
export class CodeBlock {
  readonly #words: number;
  readonly #slots = new Uint8Array(IDS_PER_BLOCK);
  readonly #codes: Uint32Array;
  #count = 0;

  private constructor(words: number) {
    this.#words = words;
    this.#codes = new Uint32Array(IDS_PER_BLOCK * words);
  }

  static empty(words: number): CodeBlock {
    return new CodeBlock(words);
  }

  static fromBytes(bytes: Uint8Array, count: number, words: number): CodeBlock {
    const { slots, codes } = readCodes(bytes, count, words);
    const block = new CodeBlock(words);
    block.#slots.set(slots);
    block.#codes.set(codes);
    block.#count = count;
    return block;
  }

  /** A block as it was stored; null when the bytes cannot be one: of another length, or slots out of order. */
  static read(bytes: Uint8Array, count: number, words: number): CodeBlock | null {
    return isBlock(bytes, count, words) ? CodeBlock.fromBytes(bytes, count, words) : null;
  }

  get count(): number {
    return this.#count;
  }

  /** Slots with their codes, ascending. */
  *entries(): Generator<readonly [slot: number, code: Uint32Array]> {
    for (let index = 0; index < this.#count; index += 1) {
      const from = index * this.#words;
      yield [this.#slots[index] as number, this.#codes.slice(from, from + this.#words)];
    }
  }

  set(slot: number, code: Uint32Array): void {
    const index = this.#indexOf(slot);
    if (index === this.#count || this.#slots[index] !== slot) {
      this.#move(index, index + 1);
      this.#slots[index] = slot;
    }
    this.#codes.set(code, index * this.#words);
  }

  delete(slot: number): void {
    const index = this.#indexOf(slot);
    if (index < this.#count && this.#slots[index] === slot) this.#move(index + 1, index);
  }

  toBytes(): Uint8Array {
    const start = codesStart(this.#count);
    const length = this.#count * this.#words;
    const bytes = new Uint8Array(start + length * 4);
    bytes.set(this.#slots.subarray(0, this.#count));
    new Uint32Array(bytes.buffer, start).set(this.#codes.subarray(0, length));
    return bytes;
  }

  /** Where the slot stands or belongs. New ids are the largest, so it is mostly the end or the last one. */
  #indexOf(slot: number): number {
    let index = this.#count;
    while (index > 0 && (this.#slots[index - 1] as number) >= slot) index -= 1;
    return index;
  }

  /** Moves all from index `from` on so that they begin at `to`. */
  #move(from: number, to: number): void {
    this.#slots.copyWithin(to, from, this.#count);
    this.#codes.copyWithin(to * this.#words, from * this.#words, this.#count * this.#words);
    this.#count += to - from;
  }
}

/** Whether bytes can be a block of so many codes; 0.1 µs, so that every read looks. */
export function isBlock(bytes: Uint8Array, count: number, words: number): boolean {
  if (!(count > 0 && count <= IDS_PER_BLOCK)) return false;
  if (bytes.length !== codesStart(count) + count * words * 4) return false;
  for (let index = 1; index < count; index += 1)
    if ((bytes[index - 1] as number) >= (bytes[index] as number)) return false;
  return true;
}

/** The parts of a block without copying them, unless they lie crooked in memory. */
export function readCodes(
  bytes: Uint8Array,
  count: number,
  words: number,
): { readonly slots: Uint8Array; readonly codes: Uint32Array } {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return {
    slots: aligned.subarray(0, count),
    codes: new Uint32Array(aligned.buffer, aligned.byteOffset + codesStart(count), count * words),
  };
}

/** Where the codes of a block begin, by the number of its slots. */
export function codesStart(slots: number): number {
  return Math.ceil(slots / 4) * 4;
}
