import { type Matrix, matrix, norm, row } from './matrix.ts';

/** `a` of the smooth inverse frequency a / (a + p) (Arora, Liang, Ma 2017). */
export const SMOOTHING = 1e-4;
/** Pieces before this id are reserved or single characters; behind it BERT's vocabulary is ordered by frequency. */
export const FIRST_RANKED = 998;

/**
 * Each piece's own vector times its smooth inverse frequency, where the frequency is guessed by Zipf's law from the rank; at a
 * mean length of 1.
 */
export function initialTable(pieces: Matrix): Matrix {
  const table = matrix(pieces.rows, pieces.columns);
  const rank = (id: number) => Math.max(1, id - FIRST_RANKED);
  let harmonic = 0;
  for (let id = FIRST_RANKED + 1; id < pieces.rows; id += 1) harmonic += 1 / rank(id);
  let lengths = 0;
  for (let id = 0; id < pieces.rows; id += 1) {
    const weight = SMOOTHING / (SMOOTHING + 1 / (rank(id) * harmonic));
    const into = row(table, id);
    for (const [at, value] of row(pieces, id).entries()) into[at] = value * weight;
    lengths += norm(into);
  }
  const factor = pieces.rows / lengths;
  for (let at = 0; at < table.values.length; at += 1)
    table.values[at] = (table.values[at] ?? 0) * factor;
  return table;
}
