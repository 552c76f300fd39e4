import Database from 'better-sqlite3';

/** Every column but the id, in the order of the ids, with the storage class of each. */
export function readRawV4(path: string): readonly unknown[] {
  const database = new Database(path, { readonly: true }).defaultSafeIntegers(true);
  try {
    const columns = ['key', 'value', 'metadata', 'section', 'persona', 'importance'];
    const all = [...columns, 'created_at', 'accessed_at', 'access_count'];
    const cells = all.map((name) => `${name}, typeof(${name}) AS ${name}_type`);
    return database.prepare(`SELECT ${cells.join(', ')} FROM memory_store ORDER BY id`).all();
  } finally {
    database.close();
  }
}

/** Columns with their types and defaults, and the names and columns of the indexes. */
export function readV4Schema(path: string): unknown {
  const database = new Database(path, { readonly: true });
  try {
    const indexes = database.pragma('index_list(memory_store)') as readonly { name: string }[];
    return {
      columns: database.pragma('table_info(memory_store)'),
      indexes: indexes
        .map((index) => ({ ...index, seq: 0, on: database.pragma(`index_info(${index.name})`) }))
        .toSorted((left, right) => (left.name < right.name ? -1 : 1)),
      journal: database.pragma('journal_mode', { simple: true }),
      version: database.pragma('user_version', { simple: true }),
      applicationId: database.pragma('application_id', { simple: true }),
      integrity: database.pragma('integrity_check', { simple: true }),
    };
  } finally {
    database.close();
  }
}
