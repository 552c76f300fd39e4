import { describe, expect, it } from 'vitest';
import { MemorySpace, storing } from '../support/memory-space.ts';
import { type BackendKind, makeTestPath, openTestBackend } from '../support/open-test-backend.ts';

/** Everything a caller can see of a small namespace. */
async function everythingOf(space: MemorySpace): Promise<unknown> {
  const { namespace } = space;
  return {
    epoch: space.backend.info.epoch,
    list: await space.list({ order: [{ field: 'key', direction: 'asc' }], withTotal: true }),
    changes: await space.changes(),
    personas: await space.backend.read('personas', { namespace, names: null }),
    recalled: await space.recall('lighthouse 東京'),
  };
}

describe('switching `backend` on the same file', () => {
  it.each<[BackendKind, BackendKind]>([
    ['sqlite', 'sqlite_sync'],
    ['sqlite_sync', 'sqlite'],
  ])('from %s to %s and back keeps data, versions, change log and cursors', async (left, right) => {
    const path = await makeTestPath();
    const open = async (kind: BackendKind): Promise<MemorySpace> =>
      new MemorySpace(await openTestBackend(kind, path), 'main');
    const idempotency = { key: 'i', requestHash: 'h' };

    const first = await open(left);
    await first.write([
      storing('a', 'lighthouse', { tags: ['t'], persona: 'P', expiresAt: 4_102_444_800_000 }),
      storing('b', '東京タワー'),
      storing('gone', 1),
    ]);
    await first.apply({ kind: 'delete', target: { key: 'gone' } });
    const { id } = await first.store('a', 'lighthouse keeper', { persona: 'Q' });
    await first.backend.touch('main', [{ memoryId: id, count: 2, at: Date.now() }]);
    const answer = await first.write([storing('once', 1)], { idempotency });
    const before = await everythingOf(first);
    const cursor = (await first.changes()).headSeq;
    await first.backend.close();

    const second = await open(right);
    expect(await everythingOf(second)).toEqual(before);
    expect(await second.write([storing('once', 1)], { idempotency })).toEqual({
      ...answer,
      replayed: true,
    });
    const updated = await second.apply(storing('a', 'lighthouse again', { ifVersion: 2 }));
    expect(updated.seq).toBe(cursor + 1);
    const after = await everythingOf(second);
    await second.backend.close();

    const third = await open(left);
    expect(await everythingOf(third)).toEqual(after);
    const resumed = await third.changes({ afterSeq: cursor });
    expect(resumed.changes.map(({ record }) => record.valueText)).toEqual(['"lighthouse again"']);
    expect((await third.store('d')).id).toBeGreaterThan(updated.record.id);
  });
});
