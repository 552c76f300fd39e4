import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VectorCheck } from '../../../src/engine/embedding/vector-check.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

const lengthOf = (vector: Float32Array | undefined): number => Math.hypot(...(vector ?? []));

describe('a checked vector', () => {
  it(`has unit length and the same direction, however large or small its values (seed ${SEED})`, () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        fc.pre(values.some((one) => one !== 0));
        const [vector] = new VectorCheck('m').accept([values], [0]);
        expect(lengthOf(vector)).toBeCloseTo(1, 5);
        const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        const at = values.findIndex((one) => Math.abs(one) === largest);
        expect(Math.sign(vector?.[at] ?? 0)).toBe(Math.sign(values[at] ?? 0));
      }),
      { seed: SEED },
    );
  });

  it('is a copy, and may come as a typed array', () => {
    const given = Float32Array.of(3, 4);
    const [vector] = new VectorCheck('m').accept([given], [0]);
    given[0] = 100;
    expect(vector).toEqual(Float32Array.of(0.6, 0.8));
    expect(new VectorCheck('m').accept([Float64Array.of(0, -2)], [0])).toEqual([
      Float32Array.of(0, -1),
    ]);
  });

  it.each([
    ['NaN', [1, Number.NaN], /finite/],
    ['Infinity', [1, Number.POSITIVE_INFINITY], /finite/],
    ['a text', [1, '2'], /finite/],
    ['null in it', [null, 1], /finite/],
    ['a hole', Array(2), /finite/],
    ['zeros', [0, -0], /zero/],
    ['nothing', [], /has 0 numbers/],
    ['too much', Array(8_193).fill(1), /has 8193 numbers/],
    ['an object', { 0: 1, length: 1 }, /not a list/],
    ['nothing at all', undefined, /not a list/],
    ['integers of bytes', Uint8Array.of(1, 2), /not a list/],
  ])('is refused as %s', (_, vector, message) => {
    const accept = (): unknown => new VectorCheck('m').accept([[1, 2], vector], [4, 7]);
    expect(accept).toThrow(message);
    expect(accept).toThrow(
      expect.objectContaining({
        retryable: false,
        data: { embedder: 'm', reason: 'VECTOR', text: 7 },
      }),
    );
  });

  it('has the dimension of the first accepted batch; a refused batch sets none', () => {
    const check = new VectorCheck('m');
    expect(() =>
      check.accept(
        [
          [1, 2, 3],
          [1, 2],
        ],
        [0, 1],
      ),
    ).toThrow('has 2 numbers where 3');
    expect(check.dimension).toBeNull();
    check.accept([[1, 2]], [0]);
    expect(check.dimension).toBe(2);
    expect(() => check.accept([[1, 2, 3]], [0])).toThrow('has 3 numbers where 2');
    expect(() => new VectorCheck('m', 4).accept([[1]], [0])).toThrow('has 1 numbers where 4');
    expect(new VectorCheck('m').accept([Array(8_192).fill(1)], [0])[0]).toHaveLength(8_192);
  });

  it('comes with as many others as there are texts', () => {
    expect(() => new VectorCheck('m').accept([[1]], [0, 1])).toThrow(
      '2 texts were answered with 1',
    );
  });
});
