import { randomUUID } from 'node:crypto';
import { MemoryDataCorruptionError } from '../../errors.ts';
import { APPLICATION_ID } from '../../own-file.ts';
import type { SqliteDatabase } from '../database.ts';
import { schemaVersion } from '../file-format.ts';
import { initialSchema } from './001-initial.ts';
import { outboxSchema } from './002-outbox.ts';
import { rankingSchema } from './003-ranking.ts';
import { plainChecks } from './004-plain-checks.ts';
import { totalsAndChecksums } from './005-totals-and-checksums.ts';
import { copyBeforeMigration } from './copy-before-migration.ts';

/** SQL, or what SQL cannot do. */
export type Migration = string | ((database: SqliteDatabase) => void);

/** One entry per released schema version, applied in order; never edit one that was released. */
export const MIGRATIONS: readonly Migration[] = [
  initialSchema,
  outboxSchema,
  rankingSchema,
  plainChecks,
  totalsAndChecksums,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings a file of ours, or an empty one, to the newest version, one transaction per step, so that a failed step leaves it
 * as it was; a file that holds something is copied first (copy-before-migration.ts). Tests give a list of their own.
 */
export function migrate(
  database: SqliteDatabase,
  now: number,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  let version = schemaVersion(database);
  if (version > 0 && version < migrations.length) copyBeforeMigration(database, version);
  try {
    while (version < migrations.length) {
      const step = migrations[version];
      if (step === undefined)
        throw new MemoryDataCorruptionError(`no migration leads from schema version ${version}`);
      const target = version + 1;
      // A step may edit the text of the schema, which SQLite guards.
      database.unsafeMode(true);
      database
        .transaction(() => {
          if (typeof step === 'string') database.exec(step);
          else step(database);
          if (target === 1) insertMeta(database, now);
          database.pragma(`application_id = ${APPLICATION_ID}`);
          database.pragma(`user_version = ${target}`);
        })
        .immediate();
      version = target;
    }
  } finally {
    database.unsafeMode(false);
  }
}

function insertMeta(database: SqliteDatabase, now: number): void {
  database
    .prepare(
      `INSERT INTO engine_meta (id, epoch, incarnation, cache_epoch, csn, change_seq, last_memory_id, clean_shutdown, created_at)
       VALUES (1, ?, 0, 0, 0, 0, 0, 1, ?)`,
    )
    // Eight hex digits: short in every cursor, and a restore that draws the same one again is a 1 in 4 billion event.
    .run(randomUUID().slice(0, 8), now);
}
