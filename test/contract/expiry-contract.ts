import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../src/engine/errors.ts';
import type { MemorySpace } from '../support/memory-space.ts';
import { storing } from '../support/memory-space.ts';

const EXPIRES_AT = 1_000_000;
const BEFORE = EXPIRES_AT - 1;
const AFTER = EXPIRES_AT;

/** What has expired does not exist, whether or not the sweep has met it. */
export function describeExpiry(open: () => MemorySpace): void {
  async function withExpiring(): Promise<MemorySpace> {
    const space = open();
    await space.apply(storing('k', 'fleeting', { expiresAt: EXPIRES_AT, persona: 'P' }), {
      now: BEFORE - 10,
    });
    return space;
  }

  describe('expiry', () => {
    it('hides a memory from every read at its moment and not before', async () => {
      const space = await withExpiring();
      for (const [now, visible] of [
        [BEFORE, true],
        [AFTER, false],
      ] as const) {
        expect((await space.get('k', now)) !== null).toBe(visible);
        const both = await space.getMany([{ key: 'k' }, { key: 'other' }], now);
        expect(both[0] !== null).toBe(visible);
        const list = await space.list({ now, withTotal: true });
        expect(list.records.length).toBe(visible ? 1 : 0);
        expect(list.total).toBe(visible ? 1 : 0);
        expect(await space.recall('fleeting', { now })).toEqual(visible ? ['k'] : []);
        const { namespace } = space;
        const summary = await space.backend.read('summary', { namespace, now });
        expect(summary.total).toBe(visible ? 1 : 0);
        const stale = await space.backend.read('stale', {
          namespace,
          now,
          accessedBefore: now,
          importanceBelow: 1,
          sections: ['semantic_memory'],
          limit: 10,
        });
        expect(stale.length).toBe(visible ? 1 : 0);
      }
    });

    it('hides it from every write', async () => {
      const space = await withExpiring();
      const target = { key: 'k' };
      const attempts = [
        { kind: 'update', target, valueText: '1' },
        { kind: 'increment', target, path: [], by: 1 },
        { kind: 'append', target, path: [], itemsText: '["x"]' },
        { kind: 'delete', target },
      ] as const;
      for (const operation of attempts)
        await expect(space.apply(operation, { now: AFTER })).rejects.toBeInstanceOf(NotFoundError);
      expect(await space.get('k', BEFORE)).not.toBeNull();
    });

    it('a store over an expired memory makes a new one and logs the end of the old one', async () => {
      const space = await withExpiring();
      const old = await space.get('k', BEFORE);
      const outcome = await space.apply(storing('k', 'reborn', { ifVersion: 0 }), { now: AFTER });
      expect(outcome).toMatchObject({
        kind: 'created',
        record: { version: 1, createdAt: AFTER, expiresAt: null },
      });
      expect(outcome.record.id).not.toBe(old?.id);
      const { changes } = await space.changes();
      expect(changes.map(({ kind }) => kind)).toEqual(['created', 'deleted', 'created']);
      expect(changes[1]?.record).toEqual(old);
      expect(changes[2]?.csn).toBe(changes[1]?.csn);
      expect(await space.recall('fleeting', { now: AFTER })).toEqual([]);
      expect(await space.recall('reborn', { now: AFTER })).toEqual(['k']);
    });

    it('an update may take the expiry away', async () => {
      const space = await withExpiring();
      const target = { key: 'k' };
      await space.apply({ kind: 'update', target, expiresAt: null }, { now: BEFORE });
      expect(await space.get('k', AFTER)).not.toBeNull();
    });

    it('the sweep deletes what expired, with an entry in the change log, and nothing else', async () => {
      const space = await withExpiring();
      await space.apply(storing('stays', 1, { expiresAt: AFTER + 1 }), { now: BEFORE });
      const swept = await space.backend.sweepExpired(AFTER, 1_000);
      expect(swept).toBeGreaterThanOrEqual(1);
      expect(await space.get('k', BEFORE)).toBeNull();
      expect(await space.get('stays', BEFORE)).not.toBeNull();
      const { changes } = await space.changes();
      expect(changes.at(-1)).toMatchObject({ kind: 'deleted', record: { key: 'k', version: 1 } });
      expect(await space.backend.sweepExpired(AFTER, 1_000)).toBe(0);
      expect(await space.backend.sweepExpired(AFTER + 1, 1_000)).toBe(1);
    });

    it('the sweep takes at most what it may', async () => {
      const space = open();
      const operations = Array.from({ length: 5 }, (_, index) =>
        storing(`k${index}`, index, { expiresAt: 500 + index }),
      );
      await space.write(operations, { now: 1 });
      expect(await space.backend.sweepExpired(600, 2)).toBe(2);
      const left = await space.list({ now: 499, order: [{ field: 'key', direction: 'asc' }] });
      expect(left.records.map(({ key }) => key)).toEqual(['k2', 'k3', 'k4']);
      expect(await space.backend.sweepExpired(600, 100)).toBe(3);
    });
  });
}
