import { kernelModule } from '../../webassembly.ts';
import { LOWER_BITS, MOST_PAIRS, PAIR_BYTES, ROW_SUM_KERNEL } from './row-sum-kernel.ts';
import type { StaticTable } from './static-table.ts';

/** Numbers that the kernel adds at a time. */
const LANES = 8;
const FLOAT_BYTES = Float64Array.BYTES_PER_ELEMENT;
const PAIRS_BYTES = MOST_PAIRS * PAIR_BYTES;
const PAIR_INTS = PAIR_BYTES / Int32Array.BYTES_PER_ELEMENT;
const PAGE = 65_536;
/** Of a scale as a whole number: two parts of the kernel. */
const WEIGHT_BITS = 2 * LOWER_BITS - 1;
const LOWER_PART = 2 ** LOWER_BITS - 1;
/** Bits of a 32-bit float behind the first one. */
const FRACTION_BITS = 23;

type AddRows = (sum: number, sumEnd: number, pairs: number, pairsEnd: number, unit: number) => void;

/**
 * Sums rows of a table, each times its scale: 40 rows of 256 dimensions in 2 µs, where a loop in JavaScript takes 16. The table is shared
 * with other threads and the kernel's memory is not, so a row is brought in when it is first needed: what is resident grows with the words
 * in use, up to the size of the table. An instance is for one thread.
 *
 * The scales of a table are whole numbers of a common unit when the largest is at most 64 times the smallest, as they are in practice; sums
 * of bytes times these are exact. Rows of any other table are added up in JavaScript, in their order.
 */
export class RowSum {
  /** The last sum, with one number for each dimension; each call overwrites it. */
  readonly sum: Float64Array;
  readonly #table: StaticTable;
  /** What scales are multiples of; null when the kernel cannot hold them. */
  readonly #unit: number | null;
  readonly #addRows: AddRows;
  readonly #sumEnd: number;
  readonly #pairs: Int32Array;
  readonly #rows: Int8Array;
  readonly #stride: number;
  /** By row, whether it is in the kernel's memory: 1 or 0. */
  readonly #present: Uint8Array;

  constructor(table: StaticTable) {
    this.#table = table;
    const { dimension, scales } = table;
    this.#unit = commonUnit(scales);
    this.#stride = Math.ceil(dimension / LANES) * LANES;
    this.#present = new Uint8Array(scales.length);
    // In the kernel's memory: the sum, the pairs, the rows.
    this.#sumEnd = this.#stride * FLOAT_BYTES;
    const rowsAt = this.#sumEnd + PAIRS_BYTES;
    const rowBytes = scales.length * this.#stride;
    const pages = Math.ceil((rowsAt + rowBytes) / PAGE);
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(kernelModule(pages, ROW_SUM_KERNEL)),
    );
    const { buffer } = exports['memory'] as WebAssembly.Memory;
    this.#addRows = exports['addRows'] as AddRows;
    this.sum = new Float64Array(buffer, 0, dimension);
    this.#pairs = new Int32Array(buffer, this.#sumEnd, PAIRS_BYTES / 4);
    this.#rows = new Int8Array(buffer, rowsAt, rowBytes);
  }

  /** Of the rows that the first `count` of `ids` name. */
  add(ids: Int32Array, count: number): void {
    this.sum.fill(0);
    const unit = this.#unit;
    if (unit === null) this.#addSlowly(ids, count);
    else
      for (let first = 0; first < count; first += 2 * MOST_PAIRS)
        this.#addPairs(ids, first, Math.min(count, first + 2 * MOST_PAIRS), unit);
  }

  #addPairs(ids: Int32Array, first: number, end: number, unit: number): void {
    let at = 0;
    for (let index = first; index < end; index += 2) {
      const left = ids[index] as number;
      // A row without a neighbour is its own, without weight.
      const alone = index + 1 === end;
      const right = alone ? left : (ids[index + 1] as number);
      const leftWeight = this.#weight(left, unit);
      const rightWeight = alone ? 0 : this.#weight(right, unit);
      const pairs = this.#pairs;
      pairs[at] = this.#addressOf(left);
      pairs[at + 1] = this.#addressOf(right);
      pairs[at + 2] = ((leftWeight >> LOWER_BITS) & 0xffff) | ((rightWeight >> LOWER_BITS) << 16);
      pairs[at + 3] = (leftWeight & LOWER_PART) | ((rightWeight & LOWER_PART) << 16);
      at += PAIR_INTS;
    }
    this.#addRows(0, this.#sumEnd, this.#sumEnd, this.#sumEnd + at * 4, unit);
  }

  #weight(id: number, unit: number): number {
    return ((this.#table.scales[id] as number) / unit) | 0;
  }

  #addressOf(id: number): number {
    if (this.#present[id] === 0) this.#bringIn(id);
    return this.#rows.byteOffset + id * this.#stride;
  }

  #bringIn(id: number): void {
    const { rows, dimension } = this.#table;
    this.#rows.set(rows.subarray(id * dimension, (id + 1) * dimension), id * this.#stride);
    this.#present[id] = 1;
  }

  #addSlowly(ids: Int32Array, count: number): void {
    const { scales, rows, dimension } = this.#table;
    const { sum } = this;
    for (let index = 0; index < count; index += 1) {
      const id = ids[index] as number;
      for (let at = 0; at < dimension; at += 1)
        sum[at] =
          (sum[at] as number) + (scales[id] as number) * (rows[id * dimension + at] as number);
    }
  }
}

/** Of which all scales are multiples by whole numbers of WEIGHT_BITS at most; null when there is none. */
function commonUnit(scales: Float32Array): number | null {
  const sizes = scales.map(Math.abs);
  const largest = sizes.reduce((left, right) => Math.max(left, right), 0);
  const smallest = sizes.reduce(
    (left, right) => (right > 0 ? Math.min(left, right) : left),
    largest,
  );
  if (largest === 0) return 1;
  const unit = 2 ** (Math.floor(Math.log2(smallest)) - FRACTION_BITS);
  return largest / unit < 2 ** WEIGHT_BITS ? unit : null;
}
