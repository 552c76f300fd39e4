import { MemorySystemError } from '../errors.ts';

const TOTAL = 0;
const DONE = 1;
const CANCELLED = 2;
const CELLS = 3;

/** Thrown inside the maintenance thread when the caller does not want the work any more. */
export class CancelledError extends MemorySystemError {}

/**
 * Progress of work in the maintenance thread, in memory that both threads see: native calls let no message through, so
 * the caller looks when it likes, and the worker looks for `cancel` at every step. Steps are pages and rows.
 */
export class ProgressBoard {
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(
    buffer: SharedArrayBuffer = new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT),
  ) {
    this.buffer = buffer;
    this.#cells = new Int32Array(buffer);
  }

  get total(): number {
    return Atomics.load(this.#cells, TOTAL);
  }

  get done(): number {
    return Atomics.load(this.#cells, DONE);
  }

  /** Steps that are known to lie ahead. */
  expect(steps: number): void {
    Atomics.add(this.#cells, TOTAL, Math.ceil(steps));
  }

  /** Throws CancelledError when the work is not wanted any more. */
  advance(steps: number): void {
    Atomics.add(this.#cells, DONE, steps);
    if (Atomics.load(this.#cells, CANCELLED) === 1)
      throw new CancelledError('the work was cancelled; nothing was kept of it');
  }

  cancel(): void {
    Atomics.store(this.#cells, CANCELLED, 1);
  }
}
