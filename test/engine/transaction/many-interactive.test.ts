import { describe, expect, it } from 'vitest';
import { shareTestEngine } from '../../support/open-test-engine.ts';

const shared = shareTestEngine();
const OPEN = 20;

describe('many interactive transactions', () => {
  it.each(['READ_COMMITTED', 'REPEATABLE_READ', 'SERIALIZABLE'] as const)(
    `${OPEN} at %s stay open while ordinary writes go on, each with its own view`,
    async (isolation) => {
      const memories = shared.memories();
      await memories.store({ key: 'shared', value: 'before' });
      const opens = await Promise.all(
        Array.from({ length: OPEN }, () => memories.beginTransaction({ isolation })),
      );
      expect(memories.transactions()).toHaveLength(OPEN);
      await Promise.all(
        opens.map(async (open, index) => {
          expect((await open.memories.get({ key: 'shared' }))?.value).toBe('before');
          await open.memories.store({ key: `own-${index}`, value: index });
        }),
      );
      const writes = Array.from({ length: 200 }, (_, index) =>
        memories.store({ key: `ordinary-${index % 50}`, value: index }),
      );
      await memories.store({ key: 'shared', value: 'after' });
      await Promise.all(writes);

      const pinned = isolation !== 'READ_COMMITTED';
      const { snapshots } = (await memories.statistics()).backend;
      expect(snapshots.open).toBe(pinned ? OPEN : 0);
      await Promise.all(
        opens.map(async (open, index) => {
          expect((await open.memories.get({ key: 'shared' }))?.value).toBe(
            pinned ? 'before' : 'after',
          );
          const where = { key: { startsWith: 'o' } };
          expect((await open.memories.list({ where })).total).toBe(pinned ? 1 : 51);
          expect(await open.memories.get({ key: `own-${index}` })).not.toBeNull();
        }),
      );
      // Whoever read `shared` and wrote is refused at SERIALIZABLE; all others commit.
      const ended = await Promise.allSettled(opens.map((open) => open.commit()));
      const committed = ended.filter(({ status }) => status === 'fulfilled');
      expect(committed).toHaveLength(isolation === 'SERIALIZABLE' ? 0 : OPEN);
      const after = (await memories.statistics()).backend.snapshots;
      expect(after.open).toBe(0);
      expect(memories.transactions()).toEqual([]);
      const own = await memories.list({ where: { key: { startsWith: 'own-' } }, first: 1 });
      expect(own.total).toBe(committed.length);
    },
  );
});
