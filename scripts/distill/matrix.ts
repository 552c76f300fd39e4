/** Rows of equal length, one after the other. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

export function matrix(rows: number, columns: number): Matrix {
  return { rows, columns, values: new Float32Array(rows * columns) };
}

export function row(of: Matrix, index: number): Float32Array {
  return of.values.subarray(index * of.columns, (index + 1) * of.columns);
}

export function norm(vector: Float32Array): number {
  return Math.sqrt(dot(vector, vector));
}

export function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) {
    sum += (left[index] ?? 0) * (right[index] ?? 0);
  }
  return sum;
}

/** Of equal length 1; rows of zeros stay. */
export function normalizeRows(of: Matrix): void {
  for (let index = 0; index < of.rows; index += 1) {
    const vector = row(of, index);
    const length = norm(vector);
    if (length > 0)
      for (let at = 0; at < vector.length; at += 1) vector[at] = (vector[at] ?? 0) / length;
  }
}

export function meanRow(of: Matrix): Float32Array {
  const sum = new Float64Array(of.columns);
  for (let index = 0; index < of.values.length; index += 1) {
    const column = index % of.columns;
    sum[column] = (sum[column] ?? 0) + (of.values[index] ?? 0);
  }
  return Float32Array.from(sum, (value) => value / of.rows);
}

/** `(row - mean) * basis` for every row; the basis holds one axis per row. */
export function project(of: Matrix, mean: Float32Array, basis: Matrix): Matrix {
  const projected = matrix(of.rows, basis.rows);
  const centred = new Float32Array(of.columns);
  for (let index = 0; index < of.rows; index += 1) {
    const source = row(of, index);
    for (let at = 0; at < centred.length; at += 1)
      centred[at] = (source[at] ?? 0) - (mean[at] ?? 0);
    for (let axis = 0; axis < basis.rows; axis += 1) {
      projected.values[index * basis.rows + axis] = dot(centred, row(basis, axis));
    }
  }
  return projected;
}
