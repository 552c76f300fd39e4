import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { openEngine, parseEngineConfig } from '../../src/engine/index.ts';
import { SCHEMA_VERSION } from '../../src/engine/sqlite/migrations/migrate.ts';
import { describeStore } from './describe-store.ts';
import { fillStore } from './fill-store.ts';

/*
 * A step of a release with a new schema version: `npm run fixture:schema` writes a file of the current version and what users can
 * read in it. Every later version must open it and read the same (released-versions.test.ts). A fixture that exists is
 * never replaced, since the code that wrote it is gone.
 */

const target = (ending: string): string =>
  fileURLToPath(new URL(`../fixtures/schema-${SCHEMA_VERSION}.${ending}`, import.meta.url));

if (existsSync(target('db.gz')))
  throw new Error(`${target('db.gz')} exists; a released fixture is never replaced`);
const folder = mkdtempSync(join(tmpdir(), 'trinitas-fixture-'));
try {
  const path = join(folder, 'store.db');
  const options = parseEngineConfig({ memory: { sqlite_path: path } });
  const filling = await openEngine(options);
  await fillStore(filling);
  await filling.close();
  const reading = await openEngine(options);
  const description = await describeStore(reading);
  await reading.close();
  if (existsSync(`${path}-wal`)) throw new Error('the write-ahead log was not folded in');
  writeFileSync(target('db.gz'), gzipSync(readFileSync(path), { level: 9 }));
  writeFileSync(target('json'), `${JSON.stringify(description, null, 1)}\n`);
  console.info(`schema version ${SCHEMA_VERSION}: ${target('db.gz')}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
