import type { MemoryRecord } from '../model/memory-record.ts';
import type { SeenVersion } from '../model/validation.ts';
import { csnOfMemory } from './memories.ts';
import { recordChecksum } from './record-row.ts';
import type { StatementCache } from './statement-cache.ts';

const COLUMNS = `id, namespace, key, section, persona_id, importance, version, csn, created_at, updated_at, expires_at, crc,
  tags, metadata, value`;

/** The views take the names of the tables they cover, so that filters see overlaid tags and personas. */
export const OVERLAY_MEMORIES_SCHEMA = `
CREATE TEMP TABLE overlay_memories (
  id INTEGER PRIMARY KEY, live INTEGER NOT NULL,
  namespace TEXT, key TEXT, section TEXT, persona_id INTEGER, importance REAL, version INTEGER, csn INTEGER,
  created_at INTEGER, updated_at INTEGER, expires_at INTEGER, crc INTEGER, tags TEXT, metadata TEXT, value TEXT
);
CREATE INDEX temp.overlay_memories_key ON overlay_memories (namespace, key);
CREATE TEMP TABLE overlay_personas (id INTEGER PRIMARY KEY, namespace TEXT, name TEXT, created_at INTEGER);
CREATE TEMP TABLE overlay_tags (memory_id INTEGER, tag TEXT, PRIMARY KEY (memory_id, tag)) WITHOUT ROWID;
CREATE TEMP VIEW personas AS
  SELECT id, namespace, name, created_at, crc FROM main.personas
  UNION ALL SELECT id, namespace, name, created_at, NULL FROM temp.overlay_personas;
CREATE TEMP VIEW memory_tags AS
  SELECT memory_id, tag FROM main.memory_tags WHERE memory_id NOT IN (SELECT id FROM temp.overlay_memories)
  UNION ALL SELECT memory_id, tag FROM temp.overlay_tags;
`;

export const CLEAR_OVERLAY_MEMORIES = [
  'DELETE FROM temp.overlay_memories',
  'DELETE FROM temp.overlay_personas',
  'DELETE FROM temp.overlay_tags',
];
const UPSERT = `INSERT OR REPLACE INTO temp.overlay_memories (live, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const DELETE_TAGS = 'DELETE FROM temp.overlay_tags WHERE memory_id = ?';
const INSERT_TAG = 'INSERT INTO temp.overlay_tags (memory_id, tag) VALUES (?, ?)';
const PERSONA_ID = 'SELECT id FROM personas WHERE namespace = ? AND name = ?';
/** Negative, so that they never meet an id of the file. */
const INSERT_PERSONA = `INSERT INTO temp.overlay_personas (id, namespace, name, created_at)
  VALUES ((SELECT COALESCE(min(id), 0) - 1 FROM temp.overlay_personas), ?, ?, ?) RETURNING id`;

/** Memories that a transaction wrote, with their tags and personas, and what the file held in their place when they were first written. */
export class OverlayMemories {
  readonly #statements: StatementCache;
  readonly #base = new Map<string, number>();

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  baseVersions(): readonly SeenVersion[] {
    return Array.from(this.#base, ([key, csn]) => ({ target: { key }, csn }));
  }

  /** `live` false: it is gone, and hides that of the file. */
  put(record: MemoryRecord, live: boolean, now: number): void {
    this.#remember(record);
    const tagsText = JSON.stringify(record.tags);
    this.#statements.run(
      UPSERT,
      live ? 1 : 0,
      record.id,
      record.namespace,
      record.key,
      record.section,
      record.persona === null ? null : this.#personaId(record.namespace, record.persona, now),
      record.importance,
      record.version,
      record.csn,
      record.createdAt,
      record.updatedAt,
      record.expiresAt,
      recordChecksum(record, tagsText),
      tagsText,
      record.metadataText,
      record.valueText,
    );
    this.#statements.run(DELETE_TAGS, record.id);
    if (!live) return;
    for (const tag of record.tags) this.#statements.run(INSERT_TAG, record.id, tag);
  }

  /** After the tables were emptied. */
  forget(): void {
    this.#base.clear();
  }

  #remember({ namespace, key }: MemoryRecord): void {
    if (this.#base.has(key)) return;
    this.#base.set(key, csnOfMemory(this.#statements, namespace, { key }));
  }

  #personaId(namespace: string, name: string, now: number): number {
    const row =
      this.#statements.row(PERSONA_ID, namespace, name) ??
      this.#statements.row(INSERT_PERSONA, namespace, name, now);
    return row?.[0] as number;
  }
}
