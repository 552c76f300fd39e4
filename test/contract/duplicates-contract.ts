import { describe, expect, it } from 'vitest';
import { LINK_KINDS } from '../../src/engine/model/link.ts';
import { type MemorySpace, type StoreOperation, storing } from '../support/memory-space.ts';

const SENTENCE =
  'the nightly backup of the billing database runs on the small host in the cellar and is checked every morning by kim';

type Fields = Parameters<typeof storing>[2];

/** What a store of a new key did: its kind, the key of the memory it answers, and the duplicates it found. */
async function store(
  space: MemorySpace,
  key: string,
  value: unknown,
  onDuplicate: StoreOperation['onDuplicate'],
  fields: Fields = {},
) {
  const outcome = await space.apply(storing(key, value, { ...fields, onDuplicate }));
  const { kind, record, duplicates } = outcome;
  return {
    kind,
    key: record.key,
    found: (duplicates ?? []).map((one) => `${one.key} ${one.exact ? 'exact' : 'near'}`),
  };
}

async function superseded(space: MemorySpace, key: string): Promise<readonly string[]> {
  const linked = await space.backend.read('links', {
    namespace: space.namespace,
    target: { key },
    kinds: LINK_KINDS,
    direction: 'OUTGOING',
    limit: 100,
    now: Date.now(),
  });
  return (linked ?? []).map(({ record }) => record.key).sort();
}

/** Duplicates on store. */
export function describeDuplicates(open: () => MemorySpace): void {
  describe('duplicates', () => {
    it('are not looked for unless asked', async () => {
      const space = open();
      await space.store('a', SENTENCE);
      expect(await space.apply(storing('b', SENTENCE))).toMatchObject({ kind: 'created' });
    });

    it.each([
      ['case', 'Kim likes Green Tea', 'KIM likes green tea'],
      ['white space', 'Kim likes\n green   tea', ' Kim likes green tea '],
      ['compatible forms', 'Kim likes ＡＢＣ ﾃｽﾄ', 'kim likes abc テスト'],
      ['Japanese', '東京の天気は晴れ', '東京の天気は晴れ'],
      ['one number', 42, 42],
      ['objects', { name: 'Kim', list: [1, 2] }, { name: 'KIM', list: [1, 2] }],
    ])('are exact but for %s', async (_, first, second) => {
      const space = open();
      await space.store('a', first);
      expect(await store(space, 'b', second, 'keep')).toEqual({
        kind: 'created',
        key: 'b',
        found: ['a exact'],
      });
    });

    it.each([
      ['another word', 'Kim likes green tea', 'Kim likes black tea'],
      ['another number', `${SENTENCE} at 10`, `${SENTENCE} at 11`],
      ['another property', { income: 5 }, { outcome: 5 }],
      ['a negation', 'Kim likes green tea', 'Kim never likes green tea'],
      ['no word at all', null, null],
      ['nothing but signs', '?!', '?!'],
    ])('are not: %s', async (_, first, second) => {
      const space = open();
      await space.store('a', first);
      expect(await store(space, 'b', second, 'return_existing')).toMatchObject({
        kind: 'created',
        key: 'b',
        found: [],
      });
    });

    it('are near when nine tenths of the words are the same, exact ones first', async () => {
      const space = open();
      await space.store('near', `${SENTENCE} again`);
      await space.store('far', `${SENTENCE} with five other words more here`);
      await space.store('exact', SENTENCE);
      expect((await store(space, 'new', SENTENCE, 'keep')).found).toEqual([
        'exact exact',
        'near near',
      ]);
    });

    it('are of the same section and persona, visible, and of the same namespace', async () => {
      const [space, other] = [open(), open()];
      const past = Date.now() - 1_000;
      await other.store('foreign', SENTENCE);
      await space.store('section', SENTENCE, { section: 'cache' });
      await space.store('persona', SENTENCE, { persona: 'athena' });
      await space.write([storing('expired', SENTENCE, { expiresAt: past + 1 })], { now: past });
      expect((await store(space, 'a', SENTENCE, 'return_existing')).kind).toBe('created');
      const athena = await store(space, 'b', SENTENCE, 'return_existing', { persona: 'athena' });
      expect(athena).toMatchObject({ kind: 'unchanged', key: 'persona' });
    });

    it('return_existing writes nothing and answers what is there', async () => {
      const space = open();
      const existing = await space.store('a', SENTENCE);
      const { headSeq } = await space.changes();
      expect(await store(space, 'b', SENTENCE, 'return_existing')).toEqual({
        kind: 'unchanged',
        key: 'a',
        found: ['a exact'],
      });
      expect(await space.get('b')).toBeNull();
      expect(await space.get('a')).toEqual(existing);
      expect((await space.changes()).headSeq).toBe(headSeq);
    });

    it('supersede stores and links; what is superseded is no duplicate any more', async () => {
      const space = open();
      await space.write([storing('a', SENTENCE), storing('b', SENTENCE)]);
      expect((await store(space, 'c', SENTENCE, 'supersede')).found).toEqual([
        'a exact',
        'b exact',
      ]);
      expect(await superseded(space, 'c')).toEqual(['a', 'b']);
      expect(await store(space, 'd', SENTENCE, 'return_existing')).toMatchObject({
        key: 'c',
        found: ['c exact'],
      });
      await space.apply({ kind: 'delete', target: { key: 'c' } });
      expect((await store(space, 'd', SENTENCE, 'return_existing')).key).toBe('a');
    });

    it('a store over its own key is an update', async () => {
      const space = open();
      await space.store('other', SENTENCE);
      await space.store('own', 'old');
      expect(await store(space, 'own', SENTENCE, 'return_existing')).toEqual({
        kind: 'updated',
        key: 'own',
        found: [],
      });
      expect(await space.valueText('own')).toBe(JSON.stringify(SENTENCE));
    });

    it('of the same unit are seen, and those it changed or deleted are not', async () => {
      const space = open();
      await space.write([storing('gone', SENTENCE), storing('changed', SENTENCE)]);
      const { outcomes } = await space.write([
        { kind: 'delete', target: { key: 'gone' } },
        storing('changed', 'something else'),
        storing('a', SENTENCE, { onDuplicate: 'return_existing' }),
        storing('b', SENTENCE, { onDuplicate: 'return_existing' }),
      ]);
      expect(outcomes.map(({ kind, record }) => `${kind} ${record?.key}`)).toEqual([
        'deleted gone',
        'updated changed',
        'created a',
        'unchanged a',
      ]);
      expect(await space.recall('nightly backup')).toEqual(['a']);
    });

    it('a unit that fails after its look leaves nothing in the index', async () => {
      const space = open();
      await expect(
        space.write([
          storing('a', SENTENCE),
          storing('b', SENTENCE, { onDuplicate: 'supersede' }),
          { kind: 'delete', target: { key: 'missing' } },
        ]),
      ).rejects.toThrow();
      expect(await space.recall('nightly backup')).toEqual([]);
      expect((await store(space, 'c', SENTENCE, 'return_existing')).kind).toBe('created');
    });

    it('of 200 equal stores at once exactly one is stored', async () => {
      const space = open();
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          store(space, `k${n}`, `${SENTENCE} ${n % 2 === 0 ? '' : ' '}`, 'return_existing'),
        ),
      );
      const created = results.filter(({ kind }) => kind === 'created');
      expect(created).toHaveLength(1);
      expect(new Set(results.map(({ key }) => key))).toEqual(new Set([created[0]?.key]));
      expect((await space.list()).records).toHaveLength(1);
    });

    it('of 50 equal stores at once that supersede the last one alone stands', async () => {
      const space = open();
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => store(space, `k${n}`, SENTENCE, 'supersede')),
      );
      expect((await store(space, 'probe', SENTENCE, 'keep')).found).toHaveLength(1);
    });

    it('replay under an idempotency key', async () => {
      const space = open();
      await space.store('a', SENTENCE);
      const idempotency = { key: 'k', requestHash: 'h' };
      const operation = storing('b', SENTENCE, { onDuplicate: 'return_existing' });
      const first = await space.write([operation], { idempotency });
      await space.apply({ kind: 'delete', target: { key: 'a' } });
      expect(await space.write([operation], { idempotency })).toEqual({ ...first, replayed: true });
    });
  });
}
