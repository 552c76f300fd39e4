import type { KeptVector } from '../../vectors/quantised-vector.ts';
import { UnitVector } from '../../vectors/unit-vector.ts';
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
  readonly #unitVector: UnitVector;

  constructor(table: StaticTable) {
    this.model = table.model;
    this.dimension = table.dimension;
    this.#wordPiece = new WordPiece(table.pieces);
    this.#rowSum = new RowSum(table);
    this.#unitVector = new UnitVector(table.dimension);
  }

  embedText(text: string): Float32Array | null {
    return this.#addUp(text) ? this.#unitVector.of(this.#rowSum.sum) : null;
  }

  embedForKeeping(text: string): KeptVector | null {
    return this.#addUp(text) ? this.#unitVector.kept(this.#rowSum.sum) : null;
  }

  /** False when the text holds no known word. */
  #addUp(text: string): boolean {
    const start = text.length > MAX_STATIC_UNITS ? text.slice(0, MAX_STATIC_UNITS) : text;
    const count = this.#wordPiece.cut(start, this.#ids);
    if (count > 0) this.#rowSum.add(this.#ids, count);
    return count > 0;
  }
}
