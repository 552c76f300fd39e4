import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type PackedPage, unpackPage } from '../../../src/engine/backends/packed-page.ts';
import type { ReadMap } from '../../../src/engine/backends/read-map.ts';
import { SECTIONS } from '../../../src/engine/model/section.ts';
import { parseWhere } from '../../../src/engine/search/where.ts';
import type { ReadSession } from '../../../src/engine/sqlite/read-session.ts';
import type { WriteSession } from '../../../src/engine/sqlite/write-session.ts';
import { type StoreOperation, storing } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { commit, openWriteSession, readsOf } from '../../support/open-write-session.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
const NOW = Date.now();

const LIST: ReadMap['list']['args'] = {
  namespace: 'main',
  filter: null,
  order: [],
  limit: 10,
  after: null,
  before: null,
  fromEnd: false,
  withTotal: false,
  now: NOW,
};

/** What a name may hold: any well-formed text without NUL. */
const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 40 })
  .map((text) => text.replaceAll('\0', ' '));
const store: fc.Arbitrary<StoreOperation> = fc.record({
  kind: fc.constant('store'),
  key: name,
  valueText: fc.json(),
  metadataText: fc.json(),
  tags: fc.uniqueArray(name, { maxLength: 4 }),
  section: fc.constantFrom(...SECTIONS),
  persona: fc.option(name),
  importance: fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(0, 1, 1 / 3, 0.1 + 0.2, 1e-7, Number.MIN_VALUE),
  ),
  expiresAt: fc.option(fc.integer({ min: NOW - 1000, max: 8.64e15 })),
});

const orderTerm = fc.record({
  field: fc.constantFrom('key', 'importance', 'createdAt', 'version'),
  direction: fc.constantFrom('asc', 'desc'),
});
const SEMANTIC = parseWhere({ section: { eq: 'semantic_memory' } }, ['where']);

async function openSample(
  stores: readonly StoreOperation[],
): Promise<{ readonly session: WriteSession; readonly reads: ReadSession }> {
  const path = await makeTestPath();
  const session = openWriteSession(path);
  commit(session, ...stores);
  return { session, reads: readsOf(session, path) };
}

function pageOf(reads: ReadSession, args: Partial<ReadMap['list']['args']> = {}): PackedPage {
  const packed = reads.readPacked({ kind: 'list', args: { ...LIST, ...args } }, undefined);
  if (packed === null) throw new Error('the page was not packed');
  return structuredClone(packed);
}

it(`a page is the same on the other side, whatever its texts and numbers are (seed ${SEED})`, async () => {
  const { reads } = await openSample(fc.sample(store, { numRuns: 400, seed: SEED }));
  const asked = fc.record({
    limit: fc.integer({ min: 0, max: 100 }),
    fromEnd: fc.boolean(),
    withTotal: fc.boolean(),
    order: fc.array(orderTerm, { maxLength: 2 }),
    filter: fc.constantFrom(null, SEMANTIC),
  });
  fc.assert(
    fc.property(asked, (args) => {
      const expected = reads.read('list', { ...LIST, ...args }, undefined);
      expect(unpackPage(pageOf(reads, args))).toEqual(expected);
    }),
    { seed: SEED, numRuns: 100 },
  );
});

it(`a memory alone is the same on the other side, and one that expired is none (seed ${SEED})`, async () => {
  const stores = fc.sample(store, { numRuns: 100, seed: SEED });
  const { reads } = await openSample(stores);
  for (const target of [...stores.map(({ key }) => ({ key })), { id: 1 }, { id: 1_000 }]) {
    const args = { namespace: 'main', targets: [target], now: NOW };
    const packed = reads.readPacked({ kind: 'getMany', args }, undefined);
    if (packed === null) throw new Error('the memory was not packed');
    const [record = null] = unpackPage(structuredClone(packed)).records;
    expect([record]).toEqual(reads.read('getMany', args, undefined));
  }
});

it('the records of a large page travel one by one, so that no kept memory holds a large page', async () => {
  const large = `"${'x'.repeat(40_000)}"`;
  const { reads } = await openSample([
    storing('a', null, { valueText: large }),
    storing('b', null, { valueText: large }),
  ]);
  expect(pageOf(reads, { limit: 1 })).toHaveLength(1);
  expect(pageOf(reads)).toHaveLength(2);
});

it.each(['value', 'key', 'importance', 'crc'])(
  'a row with a damaged %s is not packed',
  async (column) => {
    const { session, reads } = await openSample([storing('a', { b: 1 }), storing('c')]);
    const damaged = { value: '\'{"b":2}\'', key: "'d'", importance: '0.25', crc: 'crc + 1' };
    session.database.exec(
      `UPDATE memories SET ${column} = ${damaged[column as keyof typeof damaged]} WHERE id = 1`,
    );
    expect(reads.readPacked({ kind: 'list', args: LIST }, undefined)).toBeNull();
    expect(() => reads.read('list', LIST, undefined)).toThrow('does not match its checksum');
    const args = { namespace: 'main', targets: [{ id: 1 }], now: NOW };
    expect(reads.readPacked({ kind: 'getMany', args }, undefined)).toBeNull();
  },
);
