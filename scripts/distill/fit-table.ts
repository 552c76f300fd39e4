import { dot, type Matrix, norm, row } from './matrix.ts';

export interface FitOptions {
  readonly epochs: number;
  /** Length of the first step of a row, whose own length is about 1. */
  readonly learningRate: number;
  /** Probability that a piece is left out of a text in one pass, so that no piece leans on its neighbours. */
  readonly dropout: number;
}

/**
 * Moves the rows of the table so that the sum over a text points where the teacher's vector of that text does: stochastic
 * gradient descent on 1 - cosine, one text at a time, with the step of each row by Adagrad (Duchi, Hazan, Singer 2011) over the
 * whole row. Rows that no text names stay. `targets` holds unit vectors. Returns the mean loss of each pass.
 */
export function fitTable(
  table: Matrix,
  texts: readonly (readonly number[])[],
  targets: Matrix,
  options: FitOptions,
  random: () => number,
): number[] {
  const state = { gradients: new Float32Array(table.rows), sum: new Float32Array(table.columns) };
  const order = Array.from(texts.keys());
  return Array.from({ length: options.epochs }, () => {
    shuffle(order, random);
    let loss = 0;
    for (const index of order) {
      const kept = (texts[index] ?? []).filter(() => random() >= options.dropout);
      loss += fitText(table, kept, row(targets, index), options.learningRate, state);
    }
    return loss / order.length;
  });
}

interface FitState {
  /** Sum of the squared gradients of each row so far. */
  readonly gradients: Float32Array;
  /** Scratch. */
  readonly sum: Float32Array;
}

/** One step; returns 1 - cosine before it. */
function fitText(
  table: Matrix,
  pieces: readonly number[],
  target: Float32Array,
  learningRate: number,
  { gradients, sum }: FitState,
): number {
  sum.fill(0);
  for (const piece of pieces) {
    const vector = row(table, piece);
    for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + (vector[at] ?? 0);
  }
  const length = norm(sum);
  if (length === 0) return 1;
  const cosine = dot(sum, target) / length;
  // The gradient of 1 - cosine by the sum, which is that by each of its addends; it takes the place of the sum.
  for (let at = 0; at < sum.length; at += 1) {
    sum[at] = ((cosine * (sum[at] ?? 0)) / length - (target[at] ?? 0)) / length;
  }
  const squares = dot(sum, sum);
  for (const piece of pieces) {
    const total = (gradients[piece] ?? 0) + squares;
    gradients[piece] = total;
    const step = learningRate / Math.sqrt(total + 1e-6);
    const vector = row(table, piece);
    for (let at = 0; at < sum.length; at += 1) {
      vector[at] = (vector[at] ?? 0) - step * (sum[at] ?? 0);
    }
  }
  return 1 - cosine;
}

/** Fisher and Yates. */
function shuffle(order: number[], random: () => number): void {
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
}
