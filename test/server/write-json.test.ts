import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoredJson } from '../../src/resolvers/stored-json.ts';
import { writeAnswer, writeJson } from '../../src/server/fast-lane/write-json.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

/** What an executor may put into an answer, and what a JSON scalar may hold; objects with and without a prototype. */
const { answer } = fc.letrec<{ answer: unknown }>((tie) => ({
  answer: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, new Date(0), -0, '"', '\\', '\u007f', '\u2028', '\ud800'),
    fc.array(tie('answer'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('answer'), { maxKeys: 4, noNullPrototype: false }),
    fc.dictionary(fc.string(), tie('answer'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

it(`writes what JSON.stringify does (seed ${SEED})`, () => {
  fc.assert(
    fc.property(answer, (given) => {
      expect(writeJson(given)).toBe(JSON.stringify(given) ?? 'null');
      const result = { data: { __proto__: null, given }, extensions: { given } };
      expect(writeAnswer(result)).toBe(JSON.stringify(result));
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

it('puts stored JSON in as it is, and other writers read it', () => {
  const data = {
    __proto__: null,
    value: new StoredJson('{"b":1.50}'),
    list: [new StoredJson('1')],
  };
  expect(writeAnswer({ data })).toBe('{"data":{"value":{"b":1.50},"list":[1]}}');
  expect(JSON.stringify({ data })).toBe('{"data":{"value":{"b":1.5},"list":[1]}}');
});

it('refuses what JSON cannot say', () => {
  expect(() => writeJson({ __proto__: null, big: 2n ** 60n })).toThrow(TypeError);
});
