import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packList, unpackList } from '../../../src/engine/pool/packed-list.ts';
import { type MemoryRecord, SECTIONS } from '../../../src/engine/types.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

const text = fc.string({ unit: 'binary', maxLength: 40 });
const time = fc.integer({ min: 0, max: 8.64e15 });
const record: fc.Arbitrary<MemoryRecord> = fc.record({
  id: fc.maxSafeNat(),
  namespace: text,
  key: text,
  valueText: fc.json(),
  metadataText: fc.json(),
  tags: fc.array(text, { maxLength: 4 }),
  section: fc.constantFrom(...SECTIONS),
  persona: fc.option(text),
  importance: fc.double({ min: 0, max: 1, noNaN: true }),
  version: fc.maxSafeNat(),
  csn: fc.maxSafeNat(),
  createdAt: time,
  updatedAt: time,
  accessedAt: time,
  accessCount: fc.nat(),
  expiresAt: fc.option(time),
});

it(`a page is the same on the other side, whatever its texts hold (seed ${SEED})`, () => {
  const page = fc.record({
    records: fc.array(record, { maxLength: 30 }),
    hasMore: fc.boolean(),
    total: fc.option(fc.nat()),
  });
  fc.assert(
    fc.property(page, (given) => {
      const packed = packList(given);
      expect(packed).not.toBeNull();
      if (packed !== null) expect(unpackList(structuredClone(packed))).toEqual(given);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

it('a page of large texts travels as it is, so that no kept memory holds a large page', () => {
  const [sample] = fc.sample(record, { numRuns: 1, seed: SEED });
  if (sample === undefined) throw new Error('no sample');
  const large = { ...sample, valueText: `"${'x'.repeat(65_536)}"` };
  expect(packList({ records: [large], hasMore: false, total: null })).toBeNull();
});
