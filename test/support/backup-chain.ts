import { join } from 'node:path';
import { beforeEach } from 'vitest';
import type { WriteSession } from '../../src/engine/sqlite/write-session.ts';
import { type BackupPlace, backUp } from './backup-in-thread.ts';
import { storing } from './memory-space.ts';
import { makeTestFolder } from './open-test-engine.ts';
import { commit, openWriteSession } from './open-write-session.ts';

export interface TestPlace extends BackupPlace {
  readonly folder: string;
  /** Path of a file in the folder. */
  readonly at: (name: string) => string;
}

/** A folder of its own for each test of a file, with the paths of a database and of its backups in it. */
export function useBackupPlace(): TestPlace {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  beforeEach(async () => {
    folder = await makeTestFolder();
  });
  return {
    get folder() {
      return folder;
    },
    get path() {
      return at('live.db');
    },
    get directory() {
      return at('backups');
    },
    at,
  };
}

/** `full` with k0, then `one` with k1, then `two` with k2; the session goes on. */
export async function makeChain(place: BackupPlace): Promise<WriteSession> {
  const session = openWriteSession(place.path);
  commit(session, storing('k0', 0));
  const full = await backUp(place, 'full');
  commit(session, storing('k1', 1));
  const one = await backUp(place, 'one', full);
  commit(session, storing('k2', 2));
  await backUp(place, 'two', one);
  return session;
}
