import Database from 'better-sqlite3';

/** A row of a v4 file; what is left out takes the default of v4's table. */
export interface V4TestRow {
  readonly key: unknown;
  readonly value: unknown;
  readonly metadata?: unknown;
  readonly section?: unknown;
  readonly persona?: unknown;
  readonly importance?: unknown;
  readonly created_at?: unknown;
  readonly accessed_at?: unknown;
  readonly access_count?: unknown;
}

/** Writes a file as Trinitas v4 did: its table, its indexes, rollback journal. */
export function makeV4File(path: string, rows: readonly V4TestRow[], encoding = 'UTF-8'): void {
  const database = new Database(path);
  try {
    database.pragma(`encoding = '${encoding}'`);
    database.exec(`
      CREATE TABLE memory_store (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE NOT NULL, value TEXT NOT NULL, metadata TEXT,
        section TEXT, persona TEXT, importance REAL DEFAULT 0.5, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        accessed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, access_count INTEGER DEFAULT 0
      );
      CREATE INDEX idx_key ON memory_store(key);
      CREATE INDEX idx_persona ON memory_store(persona);
      CREATE INDEX idx_importance ON memory_store(importance);
    `);
    for (const row of rows) {
      const columns = Object.keys(row);
      database
        .prepare(
          `INSERT INTO memory_store (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        )
        .run(...Object.values(row));
    }
  } finally {
    database.close();
  }
}
