import Database from 'better-sqlite3';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import type { SqlFragment } from '../../../src/engine/search/sql-fragment.ts';

const SCHEMA = `
CREATE TABLE personas (id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (namespace, name)) STRICT;
CREATE TABLE memories (id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, key TEXT NOT NULL, section TEXT NOT NULL, persona_id INTEGER,
  importance REAL NOT NULL, version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, expires_at INTEGER,
  metadata TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (namespace, key)) STRICT;
CREATE INDEX memories_persona ON memories (persona_id) WHERE persona_id IS NOT NULL;
CREATE TABLE memory_tags (memory_id INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (memory_id, tag)) STRICT, WITHOUT ROWID;
CREATE INDEX memory_tags_tag ON memory_tags (tag, memory_id);
CREATE TABLE memory_access (memory_id INTEGER PRIMARY KEY, accessed_at INTEGER NOT NULL, access_count INTEGER NOT NULL) STRICT;`;

const SOURCE = `FROM memories m LEFT JOIN personas p ON p.id = m.persona_id LEFT JOIN memory_access a ON a.memory_id = m.id`;

export const NAMESPACE = 'here';

const BASE: MemoryRecord = {
  id: 1,
  namespace: NAMESPACE,
  key: 'key',
  valueText: 'null',
  metadataText: '{}',
  tags: [],
  section: 'working_memory',
  persona: null,
  importance: 0.5,
  version: 1,
  csn: 1,
  createdAt: 1_000,
  updatedAt: 1_000,
  accessedAt: 1_000,
  accessCount: 0,
  expiresAt: null,
};

export function memoryRecord(fields: Partial<MemoryRecord>): MemoryRecord {
  return { ...BASE, ...fields };
}

/** The columns that compiled filters and orders name, in a database of its own in memory. */
export class MemoryTable {
  readonly #database = new Database(':memory:');

  constructor() {
    this.#database.exec(SCHEMA);
  }

  insert(record: MemoryRecord): void {
    const run = (sql: string, ...params: unknown[]): void =>
      void this.#database.prepare(sql).run(...params);
    if (record.persona !== null) {
      // The same name elsewhere: a persona of another namespace must not be taken for ours.
      run(
        'INSERT OR IGNORE INTO personas (namespace, name) VALUES (?, ?)',
        'elsewhere',
        record.persona,
      );
      run(
        'INSERT OR IGNORE INTO personas (namespace, name) VALUES (?, ?)',
        record.namespace,
        record.persona,
      );
    }
    run(
      `INSERT INTO memories (id, namespace, key, section, persona_id, importance, version, created_at, updated_at, expires_at, metadata, value)
       VALUES (?, ?, ?, ?, (SELECT id FROM personas WHERE namespace = ? AND name = ?), ?, ?, ?, ?, ?, ?, ?)`,
      record.id,
      record.namespace,
      record.key,
      record.section,
      record.namespace,
      record.persona,
      record.importance,
      record.version,
      record.createdAt,
      record.updatedAt,
      record.expiresAt,
      record.metadataText,
      record.valueText,
    );
    for (const tag of record.tags) run('INSERT INTO memory_tags VALUES (?, ?)', record.id, tag);
    if (record.accessCount > 0) {
      run(
        'INSERT INTO memory_access VALUES (?, ?, ?)',
        record.id,
        record.accessedAt,
        record.accessCount,
      );
    }
  }

  clear(): void {
    this.#database.exec(
      'DELETE FROM memories; DELETE FROM personas; DELETE FROM memory_tags; DELETE FROM memory_access',
    );
  }

  /** Ids for which the condition is true, in the order given. */
  ids(condition: SqlFragment, orderBy = 'm.id', limit = -1): number[] {
    return this.#database
      .prepare<unknown[], number>(
        `SELECT m.id ${SOURCE} WHERE (${condition.sql}) ORDER BY ${orderBy} LIMIT ?`,
      )
      .pluck()
      .all(...condition.params, limit);
  }

  /** Whether the condition is NULL for some row. */
  isNullSomewhere(condition: SqlFragment): boolean {
    return (
      this.#database
        .prepare(`SELECT 1 ${SOURCE} WHERE (${condition.sql}) IS NULL`)
        .get(...condition.params) !== undefined
    );
  }

  plan(condition: SqlFragment): string {
    return this.#database
      .prepare<unknown[], { detail: string }>(
        `EXPLAIN QUERY PLAN SELECT m.id ${SOURCE} WHERE ${condition.sql}`,
      )
      .all(...condition.params)
      .map((row) => row.detail)
      .join('\n');
  }

  close(): void {
    this.#database.close();
  }
}
