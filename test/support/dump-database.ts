import Database from 'better-sqlite3';

/** Everything that a database says, table by table, rows in an order of their own; vectors and counters of runs are left out. */
export type DatabaseDump = Readonly<Record<string, readonly unknown[]>>;

const QUERIES: Readonly<Record<string, string>> = {
  meta: 'SELECT csn, change_seq, trimmed_at FROM engine_meta',
  memories: 'SELECT * FROM memories ORDER BY id',
  tags: 'SELECT * FROM memory_tags ORDER BY memory_id, tag',
  turns: 'SELECT * FROM conversation_turns ORDER BY memory_id',
  personas: 'SELECT * FROM personas ORDER BY id',
  changes: 'SELECT * FROM changes ORDER BY seq',
  answers: 'SELECT * FROM idempotency ORDER BY namespace, key',
  outcomes: 'SELECT * FROM tx_log ORDER BY txid',
  terms: 'SELECT * FROM temp.terms ORDER BY term, doc, col, "offset"',
  links: 'SELECT * FROM memory_links ORDER BY source_id, kind, target_id',
  access: 'SELECT * FROM memory_access ORDER BY memory_id',
};

/** What nothing in an incremental backup dates, so that a point between two backups may differ in it. */
const UNDATED = ['links', 'access'];

export function dumpDatabase(path: string): DatabaseDump {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    database.exec(
      "CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'memories_text', 'instance')",
    );
    return Object.fromEntries(
      Object.entries(QUERIES).map(([name, sql]) => [name, database.prepare(sql).raw(true).all()]),
    );
  } finally {
    database.close();
  }
}

export function withoutUndated(dump: DatabaseDump): DatabaseDump {
  return Object.fromEntries(Object.entries(dump).filter(([name]) => !UNDATED.includes(name)));
}
