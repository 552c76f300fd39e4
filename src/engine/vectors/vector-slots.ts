import type { KeptVector } from './quantised-vector.ts';
import { codeWords } from './sign-code.ts';

/** Untouched; being filled by one thread; done by the other before it was filled; filled; filled, and the text has no vector. */
const FREE = 0;
const CLAIMED = 1;
const TAKEN = 2;
const FULL = 3;
const NONE = 4;

/** What is kept of a text: null when it has no vector. */
export interface MadeVector {
  /** CRC-32 of the text. */
  readonly textCrc: number;
  readonly kept: KeptVector | null;
}

/** The vector of a text that another thread may be making. */
export interface VectorAhead {
  /** Never waits: null when it is not there yet, after which nobody makes it any more. */
  take(): MadeVector | null;
}

/**
 * Room in shared memory for the vectors of some texts. One thread fills them in their order while another takes them: a slot is
 * claimed before it is filled, so that nothing is made that was taken unmade, and read only after it is full.
 */
export class VectorSlots {
  readonly buffer: SharedArrayBuffer;
  readonly #dimension: number;
  readonly #words: number;
  readonly #scales: Float64Array;
  readonly #states: Int32Array;
  readonly #textCrcs: Uint32Array;
  readonly #codes: Uint32Array;
  readonly #bytes: Int8Array;

  /** `buffer` comes from another thread; absent = room for `count` vectors is made. */
  constructor(dimension: number, count: number, buffer?: SharedArrayBuffer) {
    const words = codeWords(dimension);
    const statesAt = count * 8;
    const crcsAt = statesAt + count * 4;
    const codesAt = crcsAt + count * 4;
    const bytesAt = codesAt + count * words * 4;
    this.buffer = buffer ?? new SharedArrayBuffer(bytesAt + count * dimension);
    this.#dimension = dimension;
    this.#words = words;
    this.#scales = new Float64Array(this.buffer, 0, count);
    this.#states = new Int32Array(this.buffer, statesAt, count);
    this.#textCrcs = new Uint32Array(this.buffer, crcsAt, count);
    this.#codes = new Uint32Array(this.buffer, codesAt, count * words);
    this.#bytes = new Int8Array(this.buffer, bytesAt, count * dimension);
  }

  /** Does nothing when the slot was taken already. */
  fill(slot: number, make: () => MadeVector): void {
    if (Atomics.compareExchange(this.#states, slot, FREE, CLAIMED) !== FREE) return;
    const { textCrc, kept } = make();
    this.#textCrcs[slot] = textCrc;
    if (kept !== null) {
      this.#scales[slot] = kept.scale;
      this.#codes.set(kept.code, slot * this.#words);
      this.#bytes.set(kept.bytes, slot * this.#dimension);
    }
    Atomics.store(this.#states, slot, kept === null ? NONE : FULL);
  }

  at(slot: number): VectorAhead {
    return { take: () => this.#take(slot) };
  }

  #take(slot: number): MadeVector | null {
    const state = Atomics.compareExchange(this.#states, slot, FREE, TAKEN);
    if (state !== FULL && state !== NONE) return null;
    return {
      textCrc: this.#textCrcs[slot] as number,
      kept: state === NONE ? null : this.#kept(slot),
    };
  }

  #kept(slot: number): KeptVector {
    const bytes = slot * this.#dimension;
    const code = slot * this.#words;
    return {
      bytes: this.#bytes.subarray(bytes, bytes + this.#dimension),
      scale: this.#scales[slot] as number,
      code: this.#codes.subarray(code, code + this.#words),
    };
  }
}
