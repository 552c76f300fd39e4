import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MAX_GROUP_UNITS } from '../../../src/engine/limits.ts';
import { MemorySpace, storing, unitOf } from '../../support/memory-space.ts';
import { makeTestPath, openTestBackend, openTestSpace } from '../../support/open-test-backend.ts';

describe('group commit', () => {
  it('units that start together share one COMMIT', async () => {
    const space = await openTestSpace('sqlite');
    await Promise.all(Array.from({ length: 100 }, (_, index) => space.store(`k${index}`, index)));
    const { groups, statements } = await space.backend.statistics();
    expect(groups).toMatchObject({ groups: 1, units: 100, meanSize: 100, maxSize: 100 });
    expect(groups.commit.count).toBe(1);
    expect(statements.find(({ name }) => name === 'commit')).toMatchObject({ count: 1, rows: 100 });
  });

  it('units that come while a group is under way form the next one', async () => {
    const space = await openTestSpace('sqlite');
    const first = space.store('first');
    await Promise.resolve();
    const rest = Array.from({ length: 50 }, (_, index) => space.store(`k${index}`));
    await Promise.all([first, ...rest]);
    expect((await space.backend.statistics()).groups).toMatchObject({ groups: 2, units: 51 });
  });

  it('a lone unit is a group of its own', async () => {
    const space = await openTestSpace('sqlite');
    for (let index = 0; index < 5; index += 1) await space.store(`k${index}`);
    expect((await space.backend.statistics()).groups).toMatchObject({ groups: 5, units: 5 });
  });

  it('a group stays within its bounds of units and bytes', async () => {
    const space = await openTestSpace('sqlite');
    await Promise.all(
      Array.from({ length: 2 * MAX_GROUP_UNITS + 44 }, (_, index) => space.store(`k${index}`)),
    );
    expect((await space.backend.statistics()).groups).toMatchObject({
      groups: 3,
      maxSize: MAX_GROUP_UNITS,
    });
    const megabyte = (name: string) =>
      space.backend.write(unitOf('main', [storing(name, 'x'.repeat(1_000))]), 1_000_000);
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(megabyte));
    expect((await space.backend.statistics()).groups).toMatchObject({ groups: 6, units: 561 });
  });

  it('a group in which nothing changes commits nothing', async () => {
    const space = await openTestSpace('sqlite');
    await expect(space.apply({ kind: 'delete', target: { key: 'none' } })).rejects.toThrow();
    const { statements } = await space.backend.statistics();
    expect(statements.find(({ name }) => name === 'commit')).toBeUndefined();
  });

  it('acknowledges only after COMMIT: another connection sees the memory at that moment', async () => {
    const path = await makeTestPath();
    const space = new MemorySpace(await openTestBackend('sqlite', path), 'main');
    await space.store('first');
    const raw = new Database(path, { readonly: true });
    onTestFinished(() => void raw.close());
    const row = raw.prepare('SELECT value FROM memories WHERE key = ?').pluck();
    let seen = 0;
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        space.store(`k${index}`, index).then(() => {
          expect(row.get(`k${index}`)).toBe(String(index));
          seen += 1;
        }),
      ),
    );
    expect(seen).toBe(200);
  });

  it('numbers given to a member that failed are used by the next one', async () => {
    const space = await openTestSpace('sqlite');
    const [first, failed, second] = await Promise.allSettled([
      space.write([storing('a')]),
      space.write([storing('b'), { kind: 'delete', target: { key: 'none' } }]),
      space.write([storing('c')]),
    ]);
    expect(failed.status).toBe('rejected');
    if (first.status === 'rejected' || second.status === 'rejected') throw new Error('refused');
    expect(second.value.csn).toBe(first.value.csn + 1);
    expect(second.value.outcomes[0]?.seq).toBe((first.value.outcomes[0]?.seq ?? 0) + 1);
  });
});
