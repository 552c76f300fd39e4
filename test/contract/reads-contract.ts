import { describe, expect, it } from 'vitest';
import { MemoryTimeoutError } from '../../src/engine/errors.ts';
import type { MemorySpace } from '../support/memory-space.ts';
import { storing } from '../support/memory-space.ts';

/** getMany, personas, stale, summary. */
export function describeReads(open: () => MemorySpace): void {
  describe('getMany', () => {
    it('answers in the order of the targets, repeated and missing ones included', async () => {
      const space = open();
      const a = await space.store('a');
      const b = await space.store('b');
      const foreign = await open().store('foreign');
      const found = await space.getMany([
        { key: 'b' },
        { id: a.id },
        { key: 'none' },
        { key: 'a' },
        { id: foreign.id },
        { key: 'b' },
        { id: b.id },
      ]);
      expect(found).toEqual([b, a, null, a, null, b, b]);
      expect(await space.getMany([])).toEqual([]);
    });

    it('finds keys with quotes, brackets, NUL-free controls and other scripts', async () => {
      const space = open();
      const keys = ['"', "'", '[1]', '{"a":1}', '%_', '\u0001', '東京/🗼', 'a\\b', ' '];
      await space.write(keys.map((key) => storing(key, key)));
      const found = await space.getMany(keys.map((key) => ({ key })));
      expect(found.map((record) => record?.key)).toEqual(keys);
      for (const key of keys) expect((await space.get(key))?.valueText).toBe(JSON.stringify(key));
    });

    it('is refused past its deadline', async () => {
      const space = open();
      await expect(
        space.backend.read(
          'getMany',
          { namespace: space.namespace, targets: [{ key: 'k' }], now: 0 },
          { deadline: Date.now() - 1 },
        ),
      ).rejects.toBeInstanceOf(MemoryTimeoutError);
    });
  });

  describe('personas', () => {
    it('are made on first use, once, and listed by name', async () => {
      const space = open();
      const { namespace } = space;
      await space.apply(storing('1', 1, { persona: 'Vector' }), { now: 10 });
      await space.apply(storing('2', 1, { persona: 'Krukai' }), { now: 20 });
      await space.apply(storing('3', 1, { persona: 'Vector' }), { now: 30 });
      const all = await space.backend.read('personas', { namespace, names: null });
      expect(all).toEqual([
        { id: expect.any(Number), namespace, name: 'Krukai', createdAt: 20 },
        { id: expect.any(Number), namespace, name: 'Vector', createdAt: 10 },
      ]);
      const named = await space.backend.read('personas', {
        namespace,
        names: ['Vector', 'nobody', 'Vector'],
      });
      expect(named).toEqual([all[1], null, all[1]]);
    });

    it('belong to their namespace', async () => {
      const [left, right] = [open(), open()];
      await left.store('k', 1, { persona: 'P' });
      const { namespace } = right;
      expect(await right.backend.read('personas', { namespace, names: ['P'] })).toEqual([null]);
    });
  });

  describe('stale', () => {
    it('names what nobody used lately, unimportant, in the given sections, oldest use first', async () => {
      const space = open();
      const store = (
        key: string,
        at: number,
        importance: number,
        section: 'cache' | 'learning_data',
      ) => space.apply(storing(key, key, { importance, section }), { now: at });
      await store('old', 10, 0.1, 'cache');
      await store('older', 5, 0.1, 'cache');
      await store('important', 5, 0.9, 'cache');
      await store('new', 50, 0.1, 'cache');
      await store('elsewhere', 5, 0.1, 'learning_data');
      const used = (await store('used', 5, 0.1, 'cache')).record;
      await space.backend.touch(space.namespace, [{ memoryId: used.id, count: 1, at: 60 }]);
      const stale = (limit: number) =>
        space.backend.read('stale', {
          namespace: space.namespace,
          accessedBefore: 50,
          importanceBelow: 0.5,
          sections: ['cache'],
          limit,
          now: 100,
        });
      expect((await stale(10)).map(({ key }) => key)).toEqual(['older', 'old']);
      expect((await stale(1)).map(({ key }) => key)).toEqual(['older']);
    });
  });

  describe('summary', () => {
    it('counts sections and personas of one namespace', async () => {
      const space = open();
      const { namespace } = space;
      const { csn, outcomes } = await space.write([
        storing('a', 1, { section: 'cache', persona: 'P' }),
        storing('b', 1, { section: 'cache', persona: 'Q' }),
        storing('c', 1, { section: 'learning_data' }),
      ]);
      const summary = await space.backend.read('summary', { namespace, now: Date.now() });
      expect(summary).toMatchObject({
        total: 3,
        bySection: { cache: 2, learning_data: 1 },
        personas: 2,
        csn,
        headSeq: outcomes[2]?.seq,
        oldestSeq: 1,
      });
      expect(summary.fileBytes + summary.walBytes).toBeGreaterThan(0);
    });
  });
}
