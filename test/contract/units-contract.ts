import { describe, expect, it } from 'vitest';
import type { CommitListener } from '../../src/engine/backends/backend.ts';
import {
  IdempotencyMismatchError,
  MemoryTimeoutError,
  NotFoundError,
} from '../../src/engine/errors.ts';
import type { ImportedHistory } from '../../src/engine/model/write-operation.ts';
import type { MemorySpace } from '../support/memory-space.ts';
import { storing } from '../support/memory-space.ts';

/** Units of work: all or nothing, idempotent, announced. */
export function describeUnits(open: () => MemorySpace): void {
  describe('units of work', () => {
    it('apply in order, under one commit number, each with its entry in the log', async () => {
      const space = open();
      const { csn, outcomes, replayed } = await space.write([
        storing('a', { n: 1 }),
        { kind: 'increment', target: { key: 'a' }, path: ['n'], by: 1 },
        storing('b', []),
        { kind: 'append', target: { key: 'b' }, path: [], itemsText: '[1]' },
        { kind: 'delete', target: { key: 'b' }, ifVersion: 2 },
        storing('b', 'again'),
      ]);
      expect(replayed).toBe(false);
      expect(outcomes.map(({ kind }) => kind)).toEqual([
        'created',
        'updated',
        'created',
        'updated',
        'deleted',
        'created',
      ]);
      const { changes } = await space.changes();
      expect(changes.map(({ seq }) => seq)).toEqual(outcomes.map(({ seq }) => seq));
      expect(new Set(changes.map((change) => change.csn))).toEqual(new Set([csn]));
      expect(await space.valueText('a')).toBe('{"n":2}');
      expect(await space.valueText('b')).toBe('"again"');
      expect(await space.recall('again')).toEqual(['b']);
    });

    it('a failing operation takes the whole unit back, also from the full-text index and the log', async () => {
      const space = open();
      await space.store('kept', 'before');
      const { headSeq } = await space.changes();
      await expect(
        space.write([
          storing('new', 'phantom', { tags: ['t'], persona: 'nobody' }),
          storing('kept', 'phantom'),
          { kind: 'delete', target: { key: 'missing' } },
        ]),
      ).rejects.toBeInstanceOf(NotFoundError);
      expect(await space.get('new')).toBeNull();
      expect(await space.valueText('kept')).toBe('"before"');
      expect(await space.recall('phantom')).toEqual([]);
      expect(await space.recall('before')).toEqual(['kept']);
      expect((await space.changes()).headSeq).toBe(headSeq);
      const { namespace } = space;
      expect(await space.backend.read('personas', { namespace, names: null })).toEqual([]);
    });

    it('a failing unit leaves its neighbours of the same moment alone', async () => {
      const space = open();
      const results = await Promise.allSettled([
        space.write([storing('one', 'first')]),
        space.write([storing('two', 'phantom'), storing('one', 'phantom', { ifVersion: 7 })]),
        space.write([storing('three', 'third')]),
        space.write([{ kind: 'update', target: { key: 'one' }, valueText: '"second"' }]),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'fulfilled',
      ]);
      expect(await space.valueText('one')).toBe('"second"');
      expect(await space.get('two')).toBeNull();
      expect(await space.recall('phantom first')).toEqual([]);
      expect([...(await space.recall('second third'))].sort()).toEqual(['one', 'three']);
    });

    it('past its deadline a unit is refused and stores nothing', async () => {
      const space = open();
      await expect(
        space.write([storing('k', 1)], { deadline: Date.now() - 1 }),
      ).rejects.toMatchObject({ name: MemoryTimeoutError.name, data: { outcome: 'none' } });
      expect(await space.get('k')).toBeNull();
    });

    it('listeners hear of a commit before its caller does, and only of what changed', async () => {
      const space = open();
      const heard: Parameters<CommitListener>[0][] = [];
      const stop = space.backend.onCommit((commit) => heard.push(commit));
      const { csn, outcomes } = await space.write([storing('a'), storing('b')]);
      expect(heard).toHaveLength(1);
      expect(heard[0]).toMatchObject({ csn, headSeq: outcomes[1]?.seq });
      expect(heard[0]?.touched.map(({ key }) => key)).toEqual(['a', 'b']);
      await expect(space.apply({ kind: 'delete', target: { key: 'none' } })).rejects.toThrow();
      expect(heard).toHaveLength(1);
      stop();
      await space.store('c');
      expect(heard).toHaveLength(1);
    });
  });

  describe('imports', () => {
    const history: ImportedHistory = { createdAt: 1, updatedAt: 2, accessedAt: 3, accessCount: 4 };

    it('carry times and counters over', async () => {
      const space = open();
      await space.apply(storing('k', 'old', { imported: history }));
      expect(await space.get('k')).toMatchObject(history);
    });

    it('of the same content change nothing, alone or beside real changes', async () => {
      const space = open();
      const { record } = await space.apply(storing('same', 'x', { imported: history }));
      const { headSeq } = await space.changes();
      const alone = await space.write([storing('same', 'x', { imported: history })]);
      expect(alone.outcomes).toEqual([{ kind: 'unchanged', record, seq: expect.any(Number) }]);
      expect((await space.changes()).headSeq).toBe(headSeq);
      const mixed = await space.write([
        storing('same', 'x', { imported: history }),
        storing('other', 'y', { imported: history }),
        storing('same', 'x', { imported: history }),
      ]);
      expect(mixed.outcomes.map(({ kind }) => kind)).toEqual(['unchanged', 'created', 'unchanged']);
      expect(await space.get('same')).toEqual(record);
      expect((await space.changes()).headSeq).toBe(headSeq + 1);
    });

    it('of other content update', async () => {
      const space = open();
      await space.apply(storing('k', 'x', { imported: history }));
      const outcome = await space.apply(storing('k', 'y', { imported: history }));
      expect(outcome).toMatchObject({ kind: 'updated', record: { version: 2, ...history } });
    });
  });

  describe('idempotency', () => {
    const idempotency = { key: 'request-1', requestHash: 'h1' };

    it('replays the stored answer without writing', async () => {
      const space = open();
      const first = await space.write([storing('k', 'once')], { idempotency });
      await space.store('k', 'changed since');
      const again = await space.write([storing('k', 'once')], { idempotency });
      expect(again).toEqual({ ...first, replayed: true });
      expect(await space.valueText('k')).toBe('"changed since"');
    });

    it('refuses another request under the same key', async () => {
      const space = open();
      await space.write([storing('k', 1)], { idempotency });
      await expect(
        space.write([storing('k', 2)], { idempotency: { ...idempotency, requestHash: 'h2' } }),
      ).rejects.toBeInstanceOf(IdempotencyMismatchError);
      expect(await space.valueText('k')).toBe('1');
    });

    it('a duplicate in flight gets the answer of the first', async () => {
      const space = open();
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => space.write([storing('k', 'once')], { idempotency })),
      );
      expect(answers.map(({ replayed }) => replayed)).toEqual([false, true, true, true, true]);
      for (const { outcomes } of answers) expect(outcomes).toEqual(answers[0]?.outcomes);
      expect((await space.get('k'))?.version).toBe(1);
    });

    it('a request that failed left no answer behind', async () => {
      const space = open();
      const operation = { kind: 'delete', target: { key: 'k' } } as const;
      await expect(space.write([operation], { idempotency })).rejects.toThrow(NotFoundError);
      await space.store('k');
      expect((await space.write([operation], { idempotency })).replayed).toBe(false);
    });

    it('keys belong to their namespace and end after a day', async () => {
      const space = open();
      await open().write([storing('k')], { idempotency });
      const first = await space.write([storing('k')], { idempotency, now: 1_000 });
      expect(first.replayed).toBe(false);
      const nextDay = { idempotency, now: 1_000 + 86_400_000 };
      expect((await space.write([storing('k')], nextDay)).replayed).toBe(false);
      expect((await space.get('k'))?.version).toBe(2);
    });
  });
}
