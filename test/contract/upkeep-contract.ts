import { describe, expect, it } from 'vitest';
import { storing } from '../support/memory-space.ts';
import { openTestSpace } from '../support/open-test-backend.ts';
import type { BackendCapabilities } from './backend-contract.ts';

const DAY = 86_400_000;

/** touch, prune, optimize, health, statistics. */
export function describeUpkeep({ kind, groupsCommits, poolsReaders }: BackendCapabilities): void {
  describe('touch', () => {
    it('adds counts, keeps the newest access and leaves version and log alone', async () => {
      const space = await openTestSpace(kind);
      const record = (await space.apply(storing('k', 1), { now: 100 })).record;
      const touch = (count: number, at: number) =>
        space.backend.touch(space.namespace, [{ memoryId: record.id, count, at }]);
      await touch(2, 500);
      await touch(1, 400);
      expect(await space.get('k')).toEqual({ ...record, accessedAt: 500, accessCount: 3 });
      expect((await space.changes()).changes).toHaveLength(1);
      await space.apply(storing('k', 2), { now: 600 });
      expect(await space.get('k')).toMatchObject({ accessedAt: 500, accessCount: 3, version: 2 });
    });

    it('passes over what is not there or not here', async () => {
      const space = await openTestSpace(kind);
      const { id } = await space.store('k', 1);
      await space.backend.touch('elsewhere', [{ memoryId: id, count: 1, at: 1 }]);
      await space.backend.touch(space.namespace, [{ memoryId: id + 1_000, count: 1, at: 1 }]);
      expect((await space.get('k'))?.accessCount).toBe(0);
      await space.apply({ kind: 'delete', target: { id } });
      await space.backend.touch(space.namespace, [{ memoryId: id, count: 1, at: 1 }]);
      expect(await space.get('k')).toBeNull();
    });
  });

  describe('prune', () => {
    it('drops old log entries but never the newest ones to keep, nor any memory', async () => {
      const space = await openTestSpace(kind);
      for (let index = 0; index < 6; index += 1)
        await space.apply(storing(`k${index}`, index), { now: index * DAY });
      const prune = (changesBefore: number, keepChanges: number) =>
        space.backend.prune({ changesBefore, keepChanges, now: 6 * DAY });
      expect(await prune(3 * DAY, 5)).toBe(1);
      expect((await space.changes()).oldestSeq).toBe(2);
      expect(await prune(3 * DAY, 0)).toBe(2);
      const page = await space.changes();
      expect(page.changes.map(({ record }) => record.key)).toEqual(['k3', 'k4', 'k5']);
      expect(await prune(100 * DAY, 0)).toBe(3);
      expect(await space.changes()).toMatchObject({ changes: [], headSeq: 6, oldestSeq: 7 });
      expect((await space.list()).records).toHaveLength(6);
    });

    it('drops idempotency records past their day', async () => {
      const space = await openTestSpace(kind);
      const idempotency = { key: 'i', requestHash: 'h' };
      await space.write([storing('k', 1)], { idempotency, now: 1_000 });
      const retention = { changesBefore: 0, keepChanges: 1_000 };
      expect(await space.backend.prune({ ...retention, now: 1_000 + DAY - 1 })).toBe(0);
      expect(await space.backend.prune({ ...retention, now: 1_000 + DAY })).toBe(1);
    });
  });

  it('optimize tells what it did and changes no answer', async () => {
    const space = await openTestSpace(kind);
    for (let round = 0; round < 3; round += 1)
      await space.write(
        Array.from({ length: 20 }, (_, index) => storing(`k${index}`, `w${round}`)),
      );
    expect((await space.backend.optimize()).length).toBeGreaterThan(0);
    expect(await space.recall('w2')).toHaveLength(20);
    expect(await space.recall('w1')).toEqual([]);
  });

  it('health and probe say OK, with the time of the probe', async () => {
    const space = await openTestSpace(kind);
    await space.store('k');
    const checks = await space.backend.probe();
    expect(checks.length).toBeGreaterThan(0);
    for (const check of checks) {
      expect(check).toMatchObject({ state: 'OK', message: null });
      expect(check.latencyMs).not.toBeNull();
    }
    expect(space.backend.health()).toEqual(checks);
  });

  it('statistics count requests, statements and groups', async () => {
    const space = await openTestSpace(kind);
    await Promise.all(Array.from({ length: 40 }, (_, index) => space.store(`k${index}`, index)));
    await Promise.all(Array.from({ length: 10 }, (_, index) => space.get(`k${index}`)));
    const statistics = await space.backend.statistics();
    expect(statistics.backend).toBe(kind);
    expect(statistics.groups.units).toBe(40);
    if (groupsCommits) expect(statistics.groups.groups).toBeLessThan(40);
    else expect(statistics.groups).toMatchObject({ groups: 40, maxSize: 1 });
    const named = new Map(statistics.statements.map((statement) => [statement.name, statement]));
    expect(named.get('getMany')).toMatchObject({ count: 10, rows: 10 });
    expect(named.get('commit')?.count).toBe(statistics.groups.groups);
    const connections = statistics.pools.flatMap((pool) => pool.connections);
    for (const connection of connections)
      expect(connection).toMatchObject({ failures: 0, successRate: 100 });
    const requests = connections.reduce((total, connection) => total + connection.requests, 0);
    expect(requests).toBe(50);
    expect(statistics.statementCache.misses).toBeGreaterThan(0);
  });

  it('resize answers with the number of readers there are', async () => {
    const space = await openTestSpace(kind, { max_connections: 3 });
    expect(await space.backend.resize(2)).toBe(poolsReaders ? 2 : 1);
    expect(await space.backend.resize(50)).toBe(poolsReaders ? 3 : 1);
    await space.store('k', 1);
    expect(await space.backend.resize(0)).toBe(1);
    expect(await space.valueText('k')).toBe('1');
  });
}
