import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EmbedderSetup } from '../../../../src/engine/embedding/embedder-setup.ts';
import { backupDatabase, repairDatabase, restoreDatabase } from '../../../../src/engine/index.ts';
import { type OpenReader, openReader } from '../../../../src/engine/sqlite/open-reader.ts';
import { isOwned } from '../../../../src/engine/sqlite/owner-lock.ts';
import { ReplicaLock } from '../../../../src/engine/sqlite/replica-lock.ts';
import { storing } from '../../../support/memory-space.ts';
import { makeTestPath } from '../../../support/open-test-backend.ts';
import { openTestReplica } from '../../../support/open-test-replica.ts';
import { commit, openWriteSession } from '../../../support/open-write-session.ts';
import { wordTable } from '../../../support/word-table.ts';

const RED = wordTable(['red'], 64);
const BLUE = wordTable(['blue'], 32);
const REPLICAS = { code: 'CONNECTION', data: { reason: 'replicas' } };

/** A file with one memory that its owner has closed. */
async function closedFile(
  role: 'writer' | 'sync' = 'writer',
  embedder: EmbedderSetup | null = null,
): Promise<string> {
  const path = await makeTestPath();
  const owner = openWriteSession(path, role, embedder);
  commit(owner, storing('k', 1));
  owner.close();
  return path;
}

/** A connection as each reader thread of a replica has it; `epoch` as in `DatabaseOptions`. */
function openReplicaReader(path: string, epoch: string | null = null): OpenReader {
  const reader = openReader({
    ...{ path, role: 'reader', synchronous: 'FULL', mmapSize: 0, embedder: null },
    replica: { epoch },
  });
  onTestFinished(() => closeReader(reader));
  return reader;
}

function closeReader({ database, release }: OpenReader): void {
  if (!database.open) return;
  database.close();
  release();
}

function setVersion(path: string, version: number): void {
  const database = new Database(path);
  database.pragma(`user_version = ${version}`);
  database.close();
}

/** What a call throws; fails when it does not. */
function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a replica does not start', () => {
  it('without a file, and makes none', async () => {
    const path = await makeTestPath();
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect(() => openReplicaReader(path)).toThrow('there is no database');
  });

  it.each([1, 99])('on a file of schema version %i', async (version) => {
    const path = await closedFile();
    setVersion(path, version);
    expect(() => openReplicaReader(path)).toThrow(`schema version ${version}`);
  });

  it('on an empty file, one of another program, or one with a rollback journal', async () => {
    const empty = await makeTestPath();
    writeFileSync(empty, '');
    expect(() => openReplicaReader(empty)).toThrow('schema version 0');
    const foreign = await makeTestPath();
    new Database(foreign).exec('CREATE TABLE t (x)').close();
    expect(() => openReplicaReader(foreign)).toThrow('another program');
    const journal = await closedFile('sync');
    expect(() => openReplicaReader(journal)).toThrow('journal mode');
  });

  it('while the file is being changed, or when another one took its place', async () => {
    const path = await closedFile();
    const lock = ReplicaLock.exclude(path, 'be changed');
    expect(errorOf(() => openReplicaReader(path))).toMatchObject({ data: { reason: 'changing' } });
    lock.release();
    openReplicaReader(path);
    expect(errorOf(() => openReplicaReader(path, 'another'))).toMatchObject({
      data: { reason: 'replaced' },
    });
  });

  it('with another embedder than the owner', async () => {
    const path = await closedFile('writer', RED);
    await expect(openTestReplica(path, {}, BLUE)).rejects.toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: ['memory', 'embedder'] }],
    });
  });
});

describe('while a replica has the file open', () => {
  it('an owner starts with the embedder of before, and with no other', async () => {
    const path = await closedFile('writer', RED);
    const reader = openReplicaReader(path);
    for (const embedder of [BLUE, null])
      expect(errorOf(() => openWriteSession(path, 'writer', embedder))).toMatchObject(REPLICAS);
    openWriteSession(path, 'writer', RED).close();
    closeReader(reader);
    openWriteSession(path, 'writer', BLUE).close();
  });

  it('it is not migrated', async () => {
    const path = await closedFile();
    setVersion(path, 1);
    // As a replica of the program that knows this version holds it.
    const lock = ReplicaLock.share(path);
    expect(errorOf(() => openWriteSession(path))).toMatchObject(REPLICAS);
    lock.release();
  });

  it('it is neither replaced by a restored one, nor repaired, nor given a rollback journal', async () => {
    const path = await closedFile();
    const directory = join(dirname(path), 'backups');
    await backupDatabase({ path, directory, kind: 'full', name: 'full' });
    const { database } = openReplicaReader(path);
    await expect(restoreDatabase({ directory, path, force: true })).rejects.toMatchObject(REPLICAS);
    await expect(repairDatabase(path, { backup: null, dryRun: false })).rejects.toMatchObject(
      REPLICAS,
    );
    expect(errorOf(() => openWriteSession(path, 'sync'))).toMatchObject({ code: 'CONNECTION' });
    expect(database.prepare('SELECT key FROM memories').pluck().all()).toEqual(['k']);
  });
});

it('serves what a killed owner has acknowledged, alone and beside the next owner', async () => {
  const path = await makeTestPath();
  const script = fileURLToPath(new URL('../../../support/hold-store.ts', import.meta.url));
  const owner = spawn(process.execPath, ['--import', 'tsx', script, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  await once(owner.stdout, 'data');
  const exit = once(owner, 'exit');
  owner.kill('SIGKILL');
  await exit;
  // Nothing was folded back: SQLite rebuilds the index of the log for a connection that only reads.
  const { database } = openReplicaReader(path);
  const keys = () => database.prepare('SELECT key FROM memories ORDER BY key').pluck().all();
  expect(keys()).toEqual(['held']);
  const next = openWriteSession(path);
  commit(next, storing('next', 1));
  expect(keys()).toEqual(['held', 'next']);
});

it('tells whether a process owns the file, and is in no owner’s way', async () => {
  const path = await closedFile();
  expect(isOwned(path)).toBe(false);
  const owner = openWriteSession(path);
  expect(isOwned(path)).toBe(true);
  owner.close();
  expect(isOwned(path)).toBe(false);
  expect(isOwned(`${path}.none`)).toBe(false);
});

it('reads are refused while the file is moved away', async () => {
  const path = await closedFile();
  const replica = await openTestReplica(path);
  const reason = () =>
    replica.read('publishedCount', null).then(
      () => 'none',
      (error: { readonly data: { readonly reason?: string } }) => error.data.reason,
    );
  expect(await reason()).toBe('none');
  expect(replica.health()).toMatchObject([{ name: 'follower' }, { name: 'owner' }, {}]);
  expect(replica.health()[1]).toMatchObject({ state: 'DEGRADED' });
  renameSync(path, `${path}.away`);
  await expect.poll(reason).toBe('moved');
  expect(replica.health()[0]).toMatchObject({ name: 'follower', state: 'RECOVERING' });
  renameSync(`${path}.away`, path);
  await expect.poll(reason).toBe('none');
});
