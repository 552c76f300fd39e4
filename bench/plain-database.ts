import Database from 'better-sqlite3';

/** A database with the engine's settings for durability and memory, for what the engine is compared with. */
export function openPlainDatabase(path: string): Database.Database {
  const database = new Database(path);
  database.pragma('journal_mode = wal');
  database.pragma('synchronous = FULL');
  database.pragma('wal_autocheckpoint = 8000');
  database.pragma('cache_size = -16000');
  return database;
}

/** Everything in the file itself, as the engine's writer leaves it. */
export function foldLog(database: Database.Database): void {
  database.pragma('wal_checkpoint(TRUNCATE)');
}

/** Bytes of the pages of these tables and of their indexes. */
export function bytesOfTables(database: Database.Database, tables: readonly string[]): number {
  const sql = `SELECT sum(pgsize) FROM dbstat
    WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name IN (SELECT value FROM json_each(?)))`;
  return Number(database.prepare(sql).pluck().get(JSON.stringify(tables)));
}

/** Bytes of the whole file. */
export function bytesOfFile(database: Database.Database): number {
  const pragma = (name: string) => Number(database.pragma(name, { simple: true }));
  return pragma('page_count') * pragma('page_size');
}

/** Microseconds that a transaction takes, its commit included. */
export function timedTransaction(database: Database.Database, write: () => void): number {
  const transaction = database.transaction(write);
  const startedAt = performance.now();
  transaction.immediate();
  return (performance.now() - startedAt) * 1000;
}
