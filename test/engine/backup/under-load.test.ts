import { join } from 'node:path';
import { expect, it } from 'vitest';
import { backupDatabase, restoreDatabase } from '../../../src/engine/index.ts';
import { dumpDatabase } from '../../support/dump-database.ts';
import { MemorySpace, storing } from '../../support/memory-space.ts';
import { openTestBackend } from '../../support/open-test-backend.ts';
import { makeTestFolder } from '../../support/open-test-engine.ts';

const CALLERS = 4;

it('a backup taken while others write holds every commit up to its own and none after', async () => {
  const folder = await makeTestFolder();
  const path = join(folder, 'live.db');
  const directory = join(folder, 'backups');
  const space = new MemorySpace(await openTestBackend('sqlite', path), 'main');
  const commits = new Map<number, readonly string[]>();
  let writing = true;
  const caller = async (name: number): Promise<void> => {
    for (let turn = 0; writing; turn += 1) {
      const keys = [`${name}-${turn}-a`, `${name}-${turn}-b`];
      const { csn } = await space.write(keys.map((key) => storing(key, 'x'.repeat(500))));
      commits.set(csn, keys);
    }
  };
  const callers = Array.from({ length: CALLERS }, (_, name) => caller(name));
  await expect.poll(() => commits.size).toBeGreaterThan(100);
  const steps: number[] = [];
  const sizes = [commits.size];
  const full = await backupDatabase(
    { path, directory, kind: 'full', name: 'full' },
    { onProgress: (done, total) => steps.push(done / total) },
  );
  sizes.push(commits.size);
  const one = await backupDatabase({ path, directory, kind: 'incremental', name: 'one' });
  sizes.push(commits.size);
  writing = false;
  await Promise.all(callers);
  // Others went on writing during both.
  expect(sizes).toEqual([...sizes].sort((left, right) => left - right));
  expect(new Set(sizes).size).toBe(3);
  expect(steps.at(-1)).toBe(1);
  expect(one.csn).toBeGreaterThan(full.csn);
  for (const { name, csn } of [full, one]) {
    const target = join(folder, `${name}-restored.db`);
    await restoreDatabase({ directory, path: target, backup: name });
    const expected = [...commits].filter(([number]) => number <= csn).flatMap(([, keys]) => keys);
    const found = (dumpDatabase(target)['memories'] ?? []).map((row) => (row as unknown[])[2]);
    expect(found.sort()).toEqual(expected.sort());
  }
});
