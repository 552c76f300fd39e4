import Database from 'better-sqlite3';

/** Every definition and every row of a file, to tell whether two files hold the same; text of a table that SQLite keeps itself included. */
export function dumpTables(path: string): unknown {
  const database = new Database(path, { readonly: true });
  try {
    const schema = database
      .prepare('SELECT type, name, sql, rootpage FROM sqlite_schema ORDER BY name')
      .all() as readonly { type: string; name: string; sql: string | null; rootpage: number }[];
    // A virtual table has no pages of its own; its shadow tables are listed themselves.
    const tables = schema.filter(({ type, rootpage }) => type === 'table' && rootpage > 0);
    return {
      version: database.pragma('user_version', { simple: true }),
      applicationId: database.pragma('application_id', { simple: true }),
      schema,
      rows: tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]),
    };
  } finally {
    database.close();
  }
}
