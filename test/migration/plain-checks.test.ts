import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { makeTestPath } from '../support/open-test-backend.ts';
import { openWriteSession } from '../support/open-write-session.ts';

async function newFile(): Promise<Database.Database> {
  const path = await makeTestPath();
  openWriteSession(path).close();
  const database = new Database(path);
  onTestFinished(() => {
    database.close();
  });
  database.pragma('foreign_keys = OFF');
  return database;
}

it('no table of the file makes SQLite build a list for each row it checks', async () => {
  const database = await newFile();
  const tables = database
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%CHECK%' AND name NOT LIKE 'memories_text%'`,
    )
    .pluck()
    .all();
  expect(tables).toContain('memories');
  for (const table of tables) {
    const steps = database.prepare(`EXPLAIN INSERT INTO ${String(table)} DEFAULT VALUES`).all();
    const opcodes = steps.map((step) => (step as { opcode: string }).opcode);
    expect(opcodes).toContain('OpenWrite');
    expect(opcodes).not.toContain('OpenEphemeral');
  }
});

it.each([
  [
    'memory_links',
    "source_id, kind, target_id, namespace, created_at, csn) VALUES (1, 'x', 2, '', 0, 0",
  ],
  ['outbox', "target, op, csn, namespace) VALUES ('redis', 'x', 1, ''"],
  [
    'embeddings',
    "memory_id, embedder_id, state, text_crc, attempts, retry_at) VALUES (1, 1, 'x', 0, 0, 0",
  ],
  [
    'memories',
    "namespace, key, section, importance, version, csn, created_at, updated_at, crc, tags, metadata, value) VALUES ('', '', 'x', 0, 1, 0, 0, 0, 0, '[]', '{}', '1'",
  ],
  [
    'changes',
    "csn, txid, kind, at, namespace, memory_id, key, section, importance, version, record_csn, created_at, updated_at, accessed_at, access_count, crc, tags, metadata, value) VALUES (1, '', 'x', 0, '', 1, '', '', 0, 1, 1, 0, 0, 0, 0, 0, '[]', '{}', '1'",
  ],
])('%s still refuses a name that it does not know', async (table, row) => {
  const database = await newFile();
  expect(() => database.exec(`INSERT INTO ${table} (${row})`)).toThrow(/^CHECK constraint failed/);
});
