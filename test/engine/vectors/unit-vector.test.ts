import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quantise } from '../../../src/engine/vectors/quantised-vector.ts';
import { signCode } from '../../../src/engine/vectors/sign-code.ts';
import { UnitVector } from '../../../src/engine/vectors/unit-vector.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

function unitOf(sum: Float64Array): Float32Array {
  const factor = 1 / Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
  return Float32Array.from(sum, (value) => value * factor);
}

it.each([1, 3, 8, 20, 33, 256, 384])(
  `makes of sums of %i dimensions what JavaScript makes of them, bit for bit (SEED=${SEED})`,
  (dimension) => {
    const unitVector = new UnitVector(dimension);
    const component = fc.oneof(
      fc.double({ noNaN: true, min: -3, max: 3 }),
      fc.integer({ min: -400, max: 400 }).map((value) => value / 128),
      fc.constantFrom(0, -0, 1, -1, 1e-9, -1e-9),
    );
    const sums = fc
      .array(component, { minLength: dimension, maxLength: dimension })
      .map((values) => Float64Array.from(values))
      .filter((sum) => sum.some((value) => value * value > 0));
    fc.assert(
      fc.property(sums, (sum) => {
        const vector = unitOf(sum);
        expect(unitVector.of(sum)).toEqual(vector);
        const kept = unitVector.kept(sum);
        expect(kept).toEqual({ ...quantise(vector), code: signCode(vector) });
      }),
      { seed: SEED, numRuns: 50 },
    );
  },
);

it('knows no direction of a sum of length 0', () => {
  const unitVector = new UnitVector(8);
  expect(unitVector.of(new Float64Array(8))).toBeNull();
  expect(unitVector.kept(new Float64Array(8))).toBeNull();
  expect(unitVector.of(Float64Array.of(0, 0, 0, 0, 0, 0, 3, 4))).not.toBeNull();
});
