import type { InstantEmbedder } from '../embedder.ts';
import type { StaticTable } from './static-table.ts';
import { WordPiece } from './word-piece.ts';

/**
 * Word pieces of a text that count; the rest is cut off. Bounds the work inside a write to about half a millisecond, and
 * a mean of more words than that says little about any of them.
 */
export const MAX_STATIC_TOKENS = 2_048;
/** UTF-16 units that are looked at: 16 for each piece, well above what any language needs. */
export const MAX_STATIC_UNITS = MAX_STATIC_TOKENS * 16;

/** As many as `#sumRows` spells out. */
const ROWS_AT_ONCE = 4;

/** Embeds a text as the sum of the vectors of its word pieces. For one thread; several may share one table. */
export class StaticEmbedder implements InstantEmbedder {
  readonly model: string;
  readonly dimension: number;
  readonly #table: StaticTable;
  readonly #wordPiece: WordPiece;
  /** With room behind for filling up. */
  readonly #ids = new Int32Array(MAX_STATIC_TOKENS + ROWS_AT_ONCE);
  readonly #weights = new Float64Array(MAX_STATIC_TOKENS + ROWS_AT_ONCE);
  readonly #room = this.#ids.subarray(0, MAX_STATIC_TOKENS);
  readonly #sum: Float64Array;

  constructor(table: StaticTable) {
    this.model = table.model;
    this.dimension = table.dimension;
    this.#table = table;
    this.#wordPiece = new WordPiece(table.pieces);
    this.#sum = new Float64Array(table.dimension);
  }

  embedText(text: string): Float32Array | null {
    const start = text.length > MAX_STATIC_UNITS ? text.slice(0, MAX_STATIC_UNITS) : text;
    const count = this.#wordPiece.cut(start, this.#room);
    if (count === 0) return null;
    this.#sumRows(count);
    return this.#unitVector();
  }

  /** Four rows at a time: the sum is loaded and stored once for all of them, which halves the time. */
  #sumRows(count: number): void {
    const { rows, scales } = this.#table;
    const ids = this.#ids;
    const weights = this.#weights;
    const sum = this.#sum;
    const dimension = sum.length;
    sum.fill(0);
    // What fills up the last four is the first row with no weight.
    for (let index = 0; index < count + ROWS_AT_ONCE; index += 1) {
      if (index >= count) ids[index] = 0;
      weights[index] = index < count ? (scales[ids[index] ?? 0] ?? 0) : 0;
    }
    for (let index = 0; index < count; index += ROWS_AT_ONCE) {
      const a = weights[index] ?? 0;
      const b = weights[index + 1] ?? 0;
      const c = weights[index + 2] ?? 0;
      const d = weights[index + 3] ?? 0;
      const rowA = (ids[index] ?? 0) * dimension;
      const rowB = (ids[index + 1] ?? 0) * dimension;
      const rowC = (ids[index + 2] ?? 0) * dimension;
      const rowD = (ids[index + 3] ?? 0) * dimension;
      for (let at = 0; at < dimension; at += 1) {
        sum[at] =
          (sum[at] ?? 0) +
          a * (rows[rowA + at] ?? 0) +
          b * (rows[rowB + at] ?? 0) +
          c * (rows[rowC + at] ?? 0) +
          d * (rows[rowD + at] ?? 0);
      }
    }
  }

  /** The sum at length 1; null when the pieces cancel out, since such a text has no direction. */
  #unitVector(): Float32Array | null {
    const sum = this.#sum;
    let squares = 0;
    for (let index = 0; index < sum.length; index += 1) {
      const value = sum[index] ?? 0;
      squares += value * value;
    }
    if (squares === 0) return null;
    const factor = 1 / Math.sqrt(squares);
    const vector = new Float32Array(sum.length);
    for (let index = 0; index < sum.length; index += 1) vector[index] = (sum[index] ?? 0) * factor;
    return vector;
  }
}
