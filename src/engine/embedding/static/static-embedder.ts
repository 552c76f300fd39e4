import type { InstantEmbedder } from '../embedder.ts';
import { RowSum } from './row-sum.ts';
import type { StaticTable } from './static-table.ts';
import { WordPiece } from './word-piece.ts';

/**
 * Word pieces of a text that count; the rest is cut off. Bounds the work inside a write to about half a millisecond, and
 * a mean of more words than that says little about any of them.
 */
export const MAX_STATIC_TOKENS = 2_048;
/** UTF-16 units that are looked at: 16 for each piece, well above what any language needs. */
export const MAX_STATIC_UNITS = MAX_STATIC_TOKENS * 16;

/** Embeds a text as the sum of the vectors of its word pieces. For one thread; several may share one table. */
export class StaticEmbedder implements InstantEmbedder {
  readonly model: string;
  readonly dimension: number;
  readonly #wordPiece: WordPiece;
  readonly #ids = new Int32Array(MAX_STATIC_TOKENS);
  readonly #rowSum: RowSum;

  constructor(table: StaticTable) {
    this.model = table.model;
    this.dimension = table.dimension;
    this.#wordPiece = new WordPiece(table.pieces);
    this.#rowSum = new RowSum(table, MAX_STATIC_TOKENS);
  }

  embedText(text: string): Float32Array | null {
    const start = text.length > MAX_STATIC_UNITS ? text.slice(0, MAX_STATIC_UNITS) : text;
    const count = this.#wordPiece.cut(start, this.#ids);
    if (count === 0) return null;
    this.#rowSum.add(this.#ids, count);
    return this.#unitVector();
  }

  /** The sum at length 1; null when the pieces cancel out, since such a text has no direction. */
  #unitVector(): Float32Array | null {
    const { sum } = this.#rowSum;
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
