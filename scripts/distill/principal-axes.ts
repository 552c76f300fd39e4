import { type Matrix, matrix, row } from './matrix.ts';

/** Sweeps of Jacobi's method; about ten reach the precision of a double for a few hundred columns. */
const MAX_SWEEPS = 30;

export interface PrincipalAxes {
  /** One axis of unit length per row, the one of the largest variance first. */
  readonly axes: Matrix;
  readonly variances: readonly number[];
  /** Share of the whole variance that the axes hold, 0 to 1. */
  readonly share: number;
}

/** The first `count` principal axes of the rows about their mean. */
export function principalAxes(of: Matrix, mean: Float32Array, count: number): PrincipalAxes {
  const size = of.columns;
  const { values, vectors } = eigen(covariance(of, mean), size);
  const order = Array.from(values.keys()).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  const axes = matrix(count, size);
  for (const [index, column] of order.slice(0, count).entries()) {
    const axis = row(axes, index);
    for (let at = 0; at < size; at += 1) axis[at] = vectors[at * size + column] ?? 0;
  }
  const variances = order.map((column) => values[column] ?? 0);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    axes,
    variances: variances.slice(0, count),
    share: sum(variances.slice(0, count)) / sum(variances),
  };
}

function covariance(of: Matrix, mean: Float32Array): Float64Array {
  const size = of.columns;
  const sums = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (let index = 0; index < of.rows; index += 1) {
    const source = row(of, index);
    for (let at = 0; at < size; at += 1) centred[at] = (source[at] ?? 0) - (mean[at] ?? 0);
    for (let i = 0; i < size; i += 1) {
      const left = centred[i] ?? 0;
      for (let j = i; j < size; j += 1) {
        sums[i * size + j] = (sums[i * size + j] ?? 0) + left * (centred[j] ?? 0);
      }
    }
  }
  for (let i = 0; i < size; i += 1) {
    for (let j = i; j < size; j += 1) {
      const value = (sums[i * size + j] ?? 0) / of.rows;
      sums[i * size + j] = value;
      sums[j * size + i] = value;
    }
  }
  return sums;
}

/** Eigenvalues and eigenvectors (in columns) of a symmetric matrix, by cyclic Jacobi rotations; overwrites it. */
function eigen(symmetric: Float64Array, size: number) {
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) vectors[i * size + i] = 1;
  const tolerance = 1e-22 * symmetric.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < MAX_SWEEPS && offDiagonal(symmetric, size) > tolerance; sweep += 1) {
    for (let p = 0; p < size - 1; p += 1) {
      for (let q = p + 1; q < size; q += 1) rotate(symmetric, vectors, size, p, q);
    }
  }
  return { values: Array.from({ length: size }, (_, i) => symmetric[i * size + i] ?? 0), vectors };
}

function offDiagonal(symmetric: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i += 1) {
    for (let j = i + 1; j < size; j += 1) sum += 2 * (symmetric[i * size + j] ?? 0) ** 2;
  }
  return sum;
}

/** Turns the plane of axes p and q so that their element outside the diagonal becomes 0. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const between = a[p * size + q] ?? 0;
  if (between === 0) return;
  const theta = ((a[q * size + q] ?? 0) - (a[p * size + p] ?? 0)) / (2 * between);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k += 1) turn(a, k * size + p, k * size + q, c, s);
  for (let k = 0; k < size; k += 1) turn(a, p * size + k, q * size + k, c, s);
  for (let k = 0; k < size; k += 1) turn(vectors, k * size + p, k * size + q, c, s);
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const left = values[i] ?? 0;
  const right = values[j] ?? 0;
  values[i] = c * left - s * right;
  values[j] = s * left + c * right;
}
