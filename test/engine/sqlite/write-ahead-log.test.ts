import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { StatementMetrics } from '../../../src/engine/metrics/statement-metrics.ts';
import { WriteAheadLog } from '../../../src/engine/sqlite/write-ahead-log.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';

const MEGABYTE = 1_048_576;
/** Two folds of 8,000 pages. */
const TRUNCATE_FROM = 62 * MEGABYTE;

it('cuts a file that has grown too long as soon as the reader in the way is gone', async () => {
  const path = await makeTestPath();
  const writer = new Database(path);
  onTestFinished(() => void writer.close());
  writer.pragma('journal_mode = WAL');
  writer.pragma('synchronous = OFF');
  writer.pragma('wal_autocheckpoint = 0');
  writer.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB)');
  const metrics = new StatementMetrics({
    slowQueryMs: Number.POSITIVE_INFINITY,
    onSlow: () => undefined,
  });
  const log = new WriteAheadLog(writer, path, metrics);
  const bytes = (): number => statSync(`${path}-wal`).size;
  const insert = writer.prepare('INSERT INTO rows (bytes) VALUES (randomblob(?))');

  const reader = new Database(path, { readonly: true });
  onTestFinished(() => void reader.close());
  insert.run(1);
  while (bytes() < TRUNCATE_FROM) insert.run(MEGABYTE);
  // It reads the newest commit, so all of the log can be folded in, but the file must stay.
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM rows').get();
  expect(log.foldIfLong()).toBe(true);
  expect(bytes()).toBeGreaterThanOrEqual(TRUNCATE_FROM);

  insert.run(1);
  expect(log.foldIfLong()).toBe(true);
  expect(bytes()).toBeGreaterThanOrEqual(TRUNCATE_FROM);

  reader.exec('COMMIT');
  insert.run(1);
  expect(log.foldIfLong()).toBe(true);
  expect(bytes()).toBe(0);
  insert.run(1);
  expect(log.foldIfLong()).toBe(false);
});
