import type { DatabaseOptions, SqliteDatabase } from './database.ts';
import { embedderInUse, findEmbedder, useEmbedder } from './embedders.ts';
import { schemaVersion } from './file-format.ts';
import { migrate, SCHEMA_VERSION } from './migrations/migrate.ts';
import { withoutReplicas } from './replica-lock.ts';
import type { StatementCache } from './statement-cache.ts';

/* What an owner changes at its start that no replica may meet; MemoryConnectionError while one has the file open. */

/** Replicas know one version of the tables. True for a file that was just made, which no replica can have open. */
export function migrateAlone(database: SqliteDatabase, path: string): boolean {
  const version = schemaVersion(database);
  const run = (): void => migrate(database, Date.now());
  if (version === 0 || version === SCHEMA_VERSION) run();
  else withoutReplicas(path, `be migrated from schema version ${version}`, run);
  return version === 0;
}

/** Replicas make vectors of queries with the model that they were started with. Returns the id of the model of new vectors. */
export function useEmbedderAlone(
  database: SqliteDatabase,
  statements: StatementCache,
  { embedder, path }: Pick<DatabaseOptions, 'embedder' | 'path'>,
  isNew: boolean,
): number | null {
  const known = embedder === null ? null : findEmbedder(statements, embedder.model)?.id;
  const use = database.transaction(() => useEmbedder(statements, embedder, Date.now()));
  return isNew || known === embedderInUse(statements)
    ? use.immediate()
    : withoutReplicas(path, 'change its embedder', () => use.immediate());
}
