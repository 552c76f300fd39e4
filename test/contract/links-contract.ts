import { describe, expect, it } from 'vitest';
import type { ReadMap } from '../../src/engine/backends/read-map.ts';
import { NotFoundError, ValidationError } from '../../src/engine/errors.ts';
import { MAX_LINKS_PER_MEMORY } from '../../src/engine/limits.ts';
import { LINK_KINDS, type LinkKind } from '../../src/engine/model/link.ts';
import type { LinkOutcome } from '../../src/engine/model/unit-outcome.ts';
import type { WriteOperation } from '../../src/engine/model/write-operation.ts';
import { type MemorySpace, storing } from '../support/memory-space.ts';

type Read = Partial<ReadMap['links']['args']>;

export function linking(
  from: string,
  link: LinkKind,
  to: string,
  kind: 'link' | 'unlink' = 'link',
): WriteOperation {
  return { kind, from: { key: from }, link, to: { key: to } };
}

async function change(space: MemorySpace, operation: WriteOperation): Promise<LinkOutcome> {
  const [outcome] = (await space.write([operation])).outcomes;
  if (outcome?.kind !== 'linked' && outcome?.kind !== 'unlinked')
    throw new Error('no link was changed');
  return outcome;
}

/** `kind direction key` of the links of a memory, the newest first; null when it is not there. */
async function linksOf(
  space: MemorySpace,
  key: string,
  args: Read = {},
): Promise<readonly string[] | null> {
  const linked = await space.backend.read('links', {
    namespace: space.namespace,
    target: { key },
    kinds: LINK_KINDS,
    direction: null,
    limit: 100,
    now: Date.now(),
    ...args,
  });
  return linked?.map(({ kind, direction, record }) => `${kind} ${direction} ${record.key}`) ?? null;
}

async function storeAll(space: MemorySpace, ...keys: readonly string[]): Promise<void> {
  await space.write(keys.map((key) => storing(key)));
}

/** Links between memories. */
export function describeLinks(open: () => MemorySpace): void {
  describe('links', () => {
    it('are found from both ends with their direction; mutual kinds hold in both', async () => {
      const space = open();
      await storeAll(space, 'a', 'b');
      await space.write([
        linking('a', 'supersedes', 'b'),
        linking('a', 'derived_from', 'b'),
        linking('b', 'relates', 'a'),
        linking('a', 'contradicts', 'b'),
      ]);
      expect([...((await linksOf(space, 'a')) ?? [])].sort()).toEqual([
        'contradicts MUTUAL b',
        'derived_from OUTGOING b',
        'relates MUTUAL b',
        'supersedes OUTGOING b',
      ]);
      expect(await linksOf(space, 'b', { direction: 'OUTGOING' })).toEqual([
        'contradicts MUTUAL a',
        'relates MUTUAL a',
      ]);
      expect(
        await linksOf(space, 'b', { direction: 'INCOMING', kinds: ['supersedes', 'relates'] }),
      ).toEqual(['relates MUTUAL a', 'supersedes INCOMING a']);
      expect(await linksOf(space, 'b', { limit: 1 })).toHaveLength(1);
      expect(await linksOf(space, 'missing')).toBeNull();
    });

    it('leave versions and the change log alone, and take a commit number', async () => {
      const space = open();
      const record = await space.store('a');
      const { csn, headSeq } = { csn: record.csn, ...(await space.changes()) };
      await space.store('b');
      const unit = await space.write([linking('a', 'relates', 'b')]);
      expect(unit.csn).toBe(csn + 2);
      expect(unit.outcomes).toMatchObject([{ kind: 'linked', changed: true, record: null }]);
      expect(await space.get('a')).toEqual(record);
      expect((await space.changes()).headSeq).toBe(headSeq + 1);
    });

    it('that exist stay as they are, also named the other way round when they are mutual', async () => {
      const space = open();
      await storeAll(space, 'a', 'b');
      const made = await change(space, linking('a', 'relates', 'b'));
      const again = await change(space, linking('b', 'relates', 'a'));
      expect(again).toMatchObject({ changed: false, since: made.since });
      expect(await linksOf(space, 'a')).toEqual(['relates MUTUAL b']);
      // A kind with a direction is another link the other way round.
      await change(space, linking('a', 'derived_from', 'b'));
      expect((await change(space, linking('b', 'derived_from', 'a'))).changed).toBe(true);
    });

    it('are removed; removing what is not there changes nothing', async () => {
      const space = open();
      await storeAll(space, 'a', 'b');
      const made = await change(space, linking('a', 'contradicts', 'b'));
      const gone = await change(space, linking('b', 'contradicts', 'a', 'unlink'));
      expect(gone).toMatchObject({ kind: 'unlinked', changed: true, since: made.since });
      expect(await linksOf(space, 'a')).toEqual([]);
      expect(await change(space, linking('a', 'contradicts', 'b', 'unlink'))).toMatchObject({
        kind: 'unlinked',
        changed: false,
        since: null,
      });
    });

    it('need two different visible memories of the namespace', async () => {
      const [space, other] = [open(), open()];
      await storeAll(space, 'a');
      await storeAll(other, 'foreign');
      const foreign = await other.get('foreign');
      const expired = storing('expired', 1, { expiresAt: Date.now() - 1 });
      await space.write([expired], { now: Date.now() - 10 });
      for (const to of ['missing', 'foreign', 'expired'])
        await expect(space.write([linking('a', 'relates', to)])).rejects.toThrow(NotFoundError);
      await expect(
        space.write([
          { kind: 'link', from: { key: 'a' }, to: { id: foreign?.id ?? 0 }, link: 'relates' },
        ]),
      ).rejects.toThrow(NotFoundError);
      await expect(space.write([linking('a', 'relates', 'a')])).rejects.toThrow(ValidationError);
    });

    it('of the kind supersedes never form a circle', async () => {
      const space = open();
      await storeAll(space, 'a', 'b', 'c');
      await space.write([linking('c', 'supersedes', 'b'), linking('b', 'supersedes', 'a')]);
      for (const [from, to] of [
        ['a', 'c'],
        ['b', 'c'],
        ['a', 'b'],
      ] as const)
        await expect(space.write([linking(from, 'supersedes', to)])).rejects.toMatchObject({
          code: 'VALIDATION',
          issues: [{ path: ['to'] }],
        });
      await space.write([linking('b', 'supersedes', 'a', 'unlink')]);
      await space.write([linking('a', 'supersedes', 'c')]);
    });

    it(`are at most ${MAX_LINKS_PER_MEMORY} for a memory, in both directions together`, async () => {
      const space = open();
      const half = MAX_LINKS_PER_MEMORY / 2;
      const others = Array.from({ length: MAX_LINKS_PER_MEMORY + 1 }, (_, n) => `o${n}`);
      await storeAll(space, 'hub', ...others);
      await space.write(
        others
          .slice(0, -1)
          .map((other, n) =>
            n < half
              ? linking('hub', 'derived_from', other)
              : linking(other, 'derived_from', 'hub'),
          ),
      );
      const last = others.at(-1) ?? '';
      for (const operation of [linking('hub', 'relates', last), linking(last, 'supersedes', 'hub')])
        await expect(space.write([operation])).rejects.toThrow(ValidationError);
      await space.write([
        linking('hub', 'derived_from', 'o0', 'unlink'),
        linking('hub', 'relates', last),
      ]);
    });

    it('go with the memory that is deleted and do not come back with its key', async () => {
      const space = open();
      await storeAll(space, 'a', 'b', 'c');
      await space.write([linking('a', 'relates', 'b'), linking('c', 'derived_from', 'a')]);
      await space.write([{ kind: 'delete', target: { key: 'a' } }, storing('a')]);
      expect(await linksOf(space, 'a')).toEqual([]);
      expect(await linksOf(space, 'b')).toEqual([]);
      expect(await linksOf(space, 'c')).toEqual([]);
    });

    it('of memories that have expired are not shown', async () => {
      const space = open();
      const soon = Date.now() + 60_000;
      await space.write([storing('a'), storing('b', 1, { expiresAt: soon }), storing('c')]);
      await space.write([linking('a', 'relates', 'b')]);
      await space.write([linking('a', 'relates', 'c')], { now: soon - 70_000 });
      expect(await linksOf(space, 'a', { limit: 1 })).toEqual(['relates MUTUAL b']);
      expect(await linksOf(space, 'a', { limit: 1, now: soon })).toEqual(['relates MUTUAL c']);
    });

    it('are all or nothing with the rest of their unit', async () => {
      const space = open();
      await storeAll(space, 'a', 'b');
      await expect(
        space.write([
          linking('a', 'relates', 'b'),
          storing('c'),
          linking('c', 'supersedes', 'a'),
          linking('a', 'relates', 'missing'),
        ]),
      ).rejects.toMatchObject({ code: 'NOT_FOUND', data: { operation: 3 } });
      expect(await linksOf(space, 'a')).toEqual([]);
      expect(await space.get('c')).toBeNull();
    });

    it('are told to listeners by the memories at both ends, unless nothing changed', async () => {
      const space = open();
      await storeAll(space, 'a', 'b');
      const heard: string[][] = [];
      const stop = space.backend.onCommit(({ touched }) => heard.push(touched.map((t) => t.key)));
      await space.write([linking('a', 'relates', 'b')]);
      await space.write([linking('a', 'relates', 'b')]);
      await space.write([linking('a', 'relates', 'b', 'unlink')]);
      stop();
      expect(heard.flat()).toEqual(['a', 'b', 'a', 'b']);
    });

    it('replay under an idempotency key, also an answer that changed nothing', async () => {
      const space = open();
      await storeAll(space, 'a', 'b');
      const operation = linking('a', 'supersedes', 'b');
      const first = await space.write([operation], {
        idempotency: { key: 'one', requestHash: 'h' },
      });
      const second = await space.write([operation], {
        idempotency: { key: 'two', requestHash: 'h' },
      });
      expect(second.outcomes).toMatchObject([{ changed: false }]);
      await space.write([linking('a', 'supersedes', 'b', 'unlink')]);
      for (const [key, answer] of [
        ['one', first],
        ['two', second],
      ] as const) {
        const replay = await space.write([operation], { idempotency: { key, requestHash: 'h' } });
        expect(replay).toEqual({ ...answer, replayed: true });
      }
      expect(await linksOf(space, 'a')).toEqual([]);
    });
  });
}
