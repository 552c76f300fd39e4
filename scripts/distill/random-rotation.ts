import { dot, type Matrix, matrix, norm, row } from './matrix.ts';

/**
 * An orthogonal matrix drawn from all rotations and reflections alike: Gram-Schmidt on rows of normally distributed numbers.
 * It changes no cosine, but spreads the variance evenly over the dimensions, which an index of sign bits needs.
 */
export function randomRotation(size: number, random: () => number): Matrix {
  const rotation = matrix(size, size);
  for (let index = 0; index < size; index += 1) {
    const axis = row(rotation, index);
    for (let at = 0; at < size; at += 1) axis[at] = normal(random);
    // Twice, since one pass leaves what float32 rounds away.
    for (let pass = 0; pass < 2; pass += 1) {
      for (let before = 0; before < index; before += 1) subtract(axis, row(rotation, before));
    }
    const length = norm(axis);
    for (let at = 0; at < size; at += 1) axis[at] = (axis[at] ?? 0) / length;
  }
  return rotation;
}

function subtract(from: Float32Array, axis: Float32Array): void {
  const share = dot(from, axis);
  for (let at = 0; at < from.length; at += 1) from[at] = (from[at] ?? 0) - share * (axis[at] ?? 0);
}

/** Standard normal, by Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
