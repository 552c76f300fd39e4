import Database from 'better-sqlite3';

/** A hit as v4 returned it. */
export interface V4Hit {
  readonly key: string;
  readonly value: unknown;
  readonly metadata: unknown;
  readonly section: string;
  readonly importance: number;
}

interface HitRow {
  readonly key: string;
  readonly value: string;
  readonly metadata: string;
  readonly section: string;
  readonly importance: number;
}

/** Metadata v4 gave a meaning to; the rest is only stored. */
export interface V4Metadata {
  readonly persona?: string;
  readonly importance?: number;
  readonly [key: string]: unknown;
}

/** `CREATE TABLE` and indexes exactly as v4 made them; idx_key doubles the index that UNIQUE already gives. */
const SCHEMA = `
  CREATE TABLE memory_store (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT UNIQUE NOT NULL,
    value TEXT NOT NULL,
    metadata TEXT,
    section TEXT,
    persona TEXT,
    importance REAL DEFAULT 0.5,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    accessed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    access_count INTEGER DEFAULT 0
  );
  CREATE INDEX idx_key ON memory_store(key);
  CREATE INDEX idx_persona ON memory_store(persona);
  CREATE INDEX idx_importance ON memory_store(importance);
`;

/** What Python's sqlite3 module ran with: SQLite's own defaults. better-sqlite3 compiles in others. */
const PYTHON_DEFAULTS = [
  'journal_mode = DELETE',
  'synchronous = FULL',
  'cache_size = -2000',
  'foreign_keys = OFF',
  'temp_store = DEFAULT',
] as const;

const SECTION_BY_PREFIX: readonly (readonly [string, string])[] = [
  ['working_', 'working_memory'],
  ['episode_', 'episodic_memory'],
  ['knowledge_', 'semantic_memory'],
  ['procedure_', 'procedural_memory'],
];

/**
 * The synchronous memory manager of Trinitas v4, SQLite only, ported for comparison: one connection, rollback journal,
 * one commit per store, every value kept in process as well, recall by `key LIKE` with access statistics written
 * at once. Statements are prepared once, as Python's statement cache did.
 */
export class V4Manager {
  readonly #database: Database.Database;
  readonly #insert: Database.Statement<[string, string, string, string, string | null, number]>;
  readonly #search: Database.Statement<[string, number], HitRow>;
  readonly #touch: Database.Statement<[string]>;
  /** v4's process-wide copy of everything stored, by section and key. It never shrinks. */
  readonly #memorySections = new Map<string, Map<string, unknown>>();

  constructor(path: string) {
    this.#database = new Database(path);
    for (const pragma of PYTHON_DEFAULTS) this.#database.pragma(pragma);
    this.#database.exec(SCHEMA);
    this.#insert = this.#database.prepare(
      'INSERT OR REPLACE INTO memory_store (key, value, metadata, section, persona, importance) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#search = this.#database.prepare(
      'SELECT key, value, metadata, section, importance FROM memory_store WHERE key LIKE ? ORDER BY importance DESC, accessed_at DESC LIMIT ?',
    );
    this.#touch = this.#database.prepare(
      'UPDATE memory_store SET accessed_at = CURRENT_TIMESTAMP, access_count = access_count + 1 WHERE key = ?',
    );
  }

  /** One INSERT OR REPLACE and one commit (without BEGIN the statement is its own transaction). */
  async store(key: string, value: unknown, metadata: V4Metadata = {}): Promise<boolean> {
    this.#storeNow(key, value, metadata);
    return true;
  }

  /** Stores many under one commit. v4 had no such call; it only prepares data for measurements. */
  fill(items: Iterable<{ key: string; value: unknown; metadata: V4Metadata }>): void {
    this.#database.transaction(() => {
      for (const { key, value, metadata } of items) this.#storeNow(key, value, metadata);
    })();
  }

  /** Keys that contain the query, best importance first; the access statistics of all hits in one commit. */
  async recall(query: string, limit = 10): Promise<readonly V4Hit[]> {
    const hits = this.#search.all(`%${query}%`, limit).map((row) => ({
      ...row,
      value: JSON.parse(row.value) as unknown,
      metadata: JSON.parse(row.metadata) as unknown,
    }));
    if (hits.length > 0) {
      this.#database.exec('BEGIN');
      for (const hit of hits) this.#touch.run(hit.key);
      this.#database.exec('COMMIT');
    }
    return hits;
  }

  /** Rows of the table; only measurements ask. */
  count(): number {
    return Number(this.#database.prepare('SELECT count(*) FROM memory_store').pluck().get());
  }

  close(): void {
    this.#database.close();
  }

  #storeNow(key: string, value: unknown, metadata: V4Metadata): void {
    const section = sectionOf(key);
    const data = { value, metadata, timestamp: new Date().toISOString(), section };
    this.#insert.run(
      key,
      JSON.stringify(value),
      JSON.stringify(metadata),
      section,
      metadata.persona ?? null,
      metadata.importance ?? 0.5,
    );
    let kept = this.#memorySections.get(section);
    if (kept === undefined) {
      kept = new Map();
      this.#memorySections.set(section, kept);
    }
    kept.set(key, data);
  }
}

/** The prefixes our workload uses, of the many v4 knew. */
function sectionOf(key: string): string {
  return SECTION_BY_PREFIX.find(([prefix]) => key.startsWith(prefix))?.[1] ?? 'working_memory';
}
