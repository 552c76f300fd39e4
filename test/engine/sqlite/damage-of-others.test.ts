import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { RECORD_COLUMNS, RECORD_SOURCE, readRow } from '../../../src/engine/sqlite/record-row.ts';
import { MemorySpace, storing } from '../../support/memory-space.ts';
import {
  type BackendKind,
  makeTestPath,
  openTestBackend,
} from '../../support/open-test-backend.ts';
import { commit, openWriteSession } from '../../support/open-write-session.ts';

/** Two namespaces in a closed file, with the first one damaged. */
async function openDamaged(kind: BackendKind, damage: string): Promise<MemorySpace> {
  const path = await makeTestPath();
  const backend = await openTestBackend('sqlite_sync', path);
  for (const namespace of ['main', 'other'])
    await new MemorySpace(backend, namespace).store('owl', 'a barn owl');
  await backend.close();
  const database = new Database(path);
  expect(database.prepare(damage).run().changes).toBe(1);
  database.close();
  return new MemorySpace(await openTestBackend(kind, path), 'other');
}

const kinds: readonly BackendKind[] = ['sqlite', 'sqlite_sync'];

it.each(kinds)(
  '%s: how rare a word is counts over all namespaces, so damage to the words of one is told to all',
  async (kind) => {
    const space = await openDamaged(kind, 'DELETE FROM memories_text WHERE rowid = 1');
    const refusal = await space.recall('owl').catch((error: unknown) => error);
    // Without the name of the other's memory.
    expect(refusal).toMatchObject({
      code: 'DATA_CORRUPTION',
      data: { table: 'memories_text' },
      message: expect.not.stringContaining('owl'),
    });
    expect((await space.list({ withTotal: true })).total).toBe(1);
  },
);

it.each(kinds)('%s: one time of the log dates the history of all namespaces', async (kind) => {
  const space = await openDamaged(kind, 'UPDATE changes SET at = at + 1 WHERE seq = 1');
  const asked = space.backend.read('getManyAsOf', {
    namespace: 'other',
    targets: [{ key: 'owl' }],
    moment: { seq: 2 },
  });
  await expect(asked).rejects.toMatchObject({ code: 'DATA_CORRUPTION' });
  expect(await space.valueText('owl')).toBe('"a barn owl"');
});

it.each([1, 2, 3, 4, 5, 6, 7])(
  'a text that has become a blob of the same bytes does not match its checksum: column %i',
  async (column) => {
    const session = openWriteSession(await makeTestPath());
    commit(session, storing('owl', 'a barn owl', { persona: 'Ada', tags: ['bird'] }));
    const [row] = session.statements.rows(`SELECT ${RECORD_COLUMNS} FROM ${RECORD_SOURCE}`);
    expect(readRow(row ?? []).sound).toBe(true);
    const damaged = row?.with(column, Buffer.from(String(row[column])));
    expect(readRow(damaged ?? []).sound).toBe(false);
  },
);
