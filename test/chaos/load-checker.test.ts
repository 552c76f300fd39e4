import { expect, it } from 'vitest';
import { MemorySpace, storing } from '../support/memory-space.ts';
import { makeTestPath, openTestBackend } from '../support/open-test-backend.ts';
import type { Acknowledgement } from './load.ts';
import { LoadChecker } from './load-checker.ts';

/** A file with one unit of two writes, and its acknowledgement. */
async function makeLoad(): Promise<{ path: string; acknowledgement: Acknowledgement }> {
  const path = await makeTestPath();
  const space = new MemorySpace(await openTestBackend('sqlite_sync', path), 'load');
  const { csn, outcomes } = await space.write([
    storing('xr0zc0t0-0', { word: 'xr0zc0t0i0', of: 2 }),
    storing('xr0zc0t0-1', { word: 'xr0zc0t0i1', of: 2 }),
  ]);
  await space.backend.close();
  const writes = outcomes.map((_, index) => ({
    key: `xr0zc0t0-${index}`,
    kind: 'created' as const,
    version: 1,
  }));
  return { path, acknowledgement: { csn, writes } };
}

const SOUND = { lost: 0, partial: 0, phantom: 0 };

it.each<{
  name: string;
  bend: (unit: Acknowledgement) => Acknowledgement;
  refused?: string[];
  run?: string;
  found: typeof SOUND;
}>([
  { name: 'a sound file', bend: (unit) => unit, found: SOUND },
  {
    name: 'a write that is missing',
    bend: ({ csn, writes }) => ({
      csn,
      writes: [...writes, { key: 'xr0zc0t0-2', kind: 'created', version: 1 }],
    }),
    found: { ...SOUND, lost: 1 },
  },
  {
    name: 'another version',
    bend: ({ writes }) => ({ writes: writes.map((write) => ({ ...write, version: 2 })) }),
    found: { ...SOUND, lost: 1 },
  },
  {
    name: 'another commit',
    bend: ({ writes }) => ({ csn: 7, writes }),
    found: { ...SOUND, lost: 1 },
  },
  {
    name: 'a unit that was refused',
    bend: (unit) => unit,
    refused: ['xr0zc0t0'],
    found: { ...SOUND, phantom: 1 },
  },
  {
    name: 'a unit of no such run',
    bend: (unit) => unit,
    run: 'xr9z',
    found: { ...SOUND, phantom: 1 },
  },
])('the checker of the kill tests tells $name', async ({ bend, refused, run, found }) => {
  const { path, acknowledgement } = await makeLoad();
  const checker = new LoadChecker(path, 'sqlite_sync');
  const check = checker.check({
    name: run ?? 'xr0z',
    acknowledged: [bend(acknowledgement)],
    refused: refused ?? [],
  });
  if (found === SOUND) await check;
  else await expect(check).rejects.toThrow();
  const { lost, partial, phantom } = checker;
  expect({ lost, partial, phantom }).toEqual(found);
});

it('the checker of the kill tests tells a unit in parts', async () => {
  const path = await makeTestPath();
  const space = new MemorySpace(await openTestBackend('sqlite_sync', path), 'load');
  await space.write([storing('xr0zc0t0-0', { word: 'xr0zc0t0i0', of: 2 })]);
  await space.backend.close();
  const checker = new LoadChecker(path, 'sqlite_sync');
  await expect(checker.check({ name: 'xr0z', acknowledged: [], refused: [] })).rejects.toThrow();
  expect(checker.partial).toBe(1);
});
