import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineSimilarity, quantise } from '../../../src/engine/vectors/quantised-vector.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

function toUnit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

const product = (left: ArrayLike<number>, right: ArrayLike<number>): number =>
  Array.from(left).reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);

/** Any direction, also such with one component far above the others. */
function unitVector(dimension: number): fc.Arbitrary<Float32Array> {
  const component = fc.oneof(
    fc.integer({ min: -1_000, max: 1_000 }),
    fc.constantFrom(0, 1, -50_000),
  );
  return fc
    .array(component, { minLength: dimension, maxLength: dimension })
    .filter((values) => values.some((value) => value !== 0))
    .map(toUnit);
}

describe('quantise', () => {
  it('scales by the largest component', () => {
    const { bytes, scale } = quantise(Float32Array.of(0.5, -1, 0, 0.25));
    expect([...bytes]).toEqual([64, -127, 0, 32]);
    expect(scale).toBeCloseTo(1 / Math.hypot(64, 127, 32), 12);
  });

  it('depends on the direction alone', () => {
    const vector = Float32Array.of(0.1, -0.7, 0.3);
    expect(quantise(vector.map((value) => value * 1e-30))).toEqual(quantise(vector));
  });

  it(`changes no cosine by more than its steps allow (seed ${SEED})`, () => {
    const pair = fc
      .constantFrom(1, 2, 31, 33, 256)
      .chain((dimension) => fc.tuple(unitVector(dimension), unitVector(dimension)));
    fc.assert(
      fc.property(pair, ([query, vector]) => {
        const { bytes, scale } = quantise(vector);
        expect(product(bytes, bytes) * scale * scale).toBeCloseTo(1, 9);
        // Each component is off by half a step; a chord between unit vectors is at most twice the error before scaling.
        const largest = Math.max(...vector.map(Math.abs));
        const bound = 2 * Math.sqrt(vector.length) * (largest / 127 / 2) + 1e-6;
        const similarity = cosineSimilarity(query, bytes, scale);
        expect(Math.abs(similarity - product(query, vector))).toBeLessThanOrEqual(bound);
        expect(Math.abs(similarity)).toBeLessThanOrEqual(1);
        expect(cosineSimilarity(vector, bytes, scale)).toBeGreaterThan(1 - bound * bound);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it(`changes cosines of vectors with even components by less than 0.01 (seed ${SEED})`, () => {
    const even = fc
      .array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 256, maxLength: 256 })
      .filter((values) => values.filter((value) => Math.abs(value) > 300).length > 64)
      .map(toUnit);
    fc.assert(
      fc.property(even, even, (query, vector) => {
        const { bytes, scale } = quantise(vector);
        const error = cosineSimilarity(query, bytes, scale) - product(query, vector);
        expect(Math.abs(error)).toBeLessThan(0.01);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });
});
