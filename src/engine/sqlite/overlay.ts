import { MemorySystemError } from '../errors.ts';
import { FULL_TEXT_COLUMNS } from '../search/text-query.ts';
import type {
  LinkOutcome,
  MemoryOutcome,
  MemoryRecord,
  OperationOutcome,
  SeenLink,
  SeenVersion,
  WriteOperation,
} from '../types.ts';
import {
  type LinkEffect,
  type LinkOperation,
  linkEffectOf,
  supersedingLinks,
  toLinkOutcome,
} from './apply-link.ts';
import { type Effect, effectOf, type OperationContext } from './apply-operation.ts';
import type { SqliteDatabase } from './database.ts';
import { type FoundDuplicate, findDuplicates, toDuplicates } from './duplicates.ts';
import { indexedValues } from './full-text.ts';
import { findMemories } from './get-memories.ts';
import { CLEAR_OVERLAY_LINKS, OVERLAY_LINKS_SCHEMA, OverlayLinks } from './overlay-links.ts';
import { recordChecksum } from './record-row.ts';
import { OVERLAY_SOURCE, UNTOUCHED_SOURCE } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

const COLUMNS = `id, namespace, key, section, persona_id, importance, version, csn, created_at, updated_at, expires_at, crc,
  tags, metadata, value`;

/**
 * TEMP tables of a read-only connection: writable inside an open read snapshot, invisible to everybody else, and they
 * follow SAVEPOINT. The views take the names of the tables they cover, so that filters see overlaid tags and personas.
 */
const SCHEMA = `
CREATE TEMP TABLE overlay_memories (
  id INTEGER PRIMARY KEY, live INTEGER NOT NULL,
  namespace TEXT, key TEXT, section TEXT, persona_id INTEGER, importance REAL, version INTEGER, csn INTEGER,
  created_at INTEGER, updated_at INTEGER, expires_at INTEGER, crc INTEGER, tags TEXT, metadata TEXT, value TEXT
);
CREATE INDEX temp.overlay_memories_key ON overlay_memories (namespace, key);
CREATE TEMP TABLE overlay_personas (id INTEGER PRIMARY KEY, namespace TEXT, name TEXT, created_at INTEGER);
CREATE TEMP TABLE overlay_tags (memory_id INTEGER, tag TEXT, PRIMARY KEY (memory_id, tag)) WITHOUT ROWID;
CREATE TEMP VIEW personas AS
  SELECT id, namespace, name, created_at FROM main.personas
  UNION ALL SELECT id, namespace, name, created_at FROM temp.overlay_personas;
CREATE TEMP VIEW memory_tags AS
  SELECT memory_id, tag FROM main.memory_tags WHERE memory_id NOT IN (SELECT id FROM temp.overlay_memories)
  UNION ALL SELECT memory_id, tag FROM temp.overlay_tags;
CREATE VIRTUAL TABLE temp.overlay_text USING fts5 (
  ${FULL_TEXT_COLUMNS.join(', ')}, content = '', contentless_delete = 1,
  tokenize = 'porter unicode61 remove_diacritics 2'
);${OVERLAY_LINKS_SCHEMA}`;

const UPSERT = `INSERT OR REPLACE INTO temp.overlay_memories (live, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const DELETE_TAGS = 'DELETE FROM temp.overlay_tags WHERE memory_id = ?';
const INSERT_TAG = 'INSERT INTO temp.overlay_tags (memory_id, tag) VALUES (?, ?)';
const PERSONA_ID = 'SELECT id FROM personas WHERE namespace = ? AND name = ?';
/** Negative, so that they never meet an id of the file. */
const INSERT_PERSONA = `INSERT INTO temp.overlay_personas (id, namespace, name, created_at)
  VALUES ((SELECT COALESCE(min(id), 0) - 1 FROM temp.overlay_personas), ?, ?, ?) RETURNING id`;
const DELETE_TEXT = 'DELETE FROM temp.overlay_text WHERE rowid = ?';
const INSERT_TEXT = `INSERT INTO temp.overlay_text (rowid, ${FULL_TEXT_COLUMNS.join(', ')})
  VALUES (?, ${FULL_TEXT_COLUMNS.map(() => '?').join(', ')})`;
const BASE_CSN = 'SELECT csn FROM main.memories WHERE namespace = ? AND key = ?';
const CLEAR = [
  'DELETE FROM temp.overlay_memories',
  'DELETE FROM temp.overlay_personas',
  'DELETE FROM temp.overlay_tags',
  CLEAR_OVERLAY_LINKS,
  "INSERT INTO temp.overlay_text (overlay_text) VALUES ('delete-all')",
];

/** A transaction's own writes, laid over what its connection sees of the file. */
export class Overlay {
  readonly #statements: StatementCache;
  readonly #links: OverlayLinks;
  readonly #baseVersions = new Map<string, number>();
  /** Not yet in the overlay's full-text index, which costs as much as all the rest and which few transactions ask. */
  #unindexed: { readonly record: MemoryRecord; readonly live: boolean }[] = [];
  #touched = 0;

  constructor(database: SqliteDatabase, statements: StatementCache) {
    this.#statements = statements;
    this.#links = new OverlayLinks(statements);
    database.exec(SCHEMA);
  }

  get empty(): boolean {
    return this.#touched === 0;
  }

  /** What each written memory was in the file when it was first written here: 0 = it did not exist. */
  baseVersions(): readonly SeenVersion[] {
    return Array.from(this.#baseVersions, ([key, csn]) => ({ target: { key }, csn }));
  }

  /** The same of each link. */
  baseLinks(): readonly SeenLink[] {
    return this.#links.baseLinks();
  }

  /** Applies one operation; the outcome is what the writer would answer if it committed now. */
  apply(
    operation: WriteOperation,
    namespace: string,
    now: number,
    path: readonly string[],
  ): OperationOutcome {
    const context = this.#context(namespace, now, path);
    if (operation.kind === 'link' || operation.kind === 'unlink')
      return this.#applyLink(operation, context);
    const effect = effectOf(operation, context);
    this.#perform(effect, context);
    switch (effect.kind) {
      case 'created':
        return {
          kind: 'created',
          record: effect.after,
          seq: 0,
          ...foundDuplicates(effect.duplicates),
        };
      case 'updated':
        return { kind: 'updated', record: effect.after, seq: 0 };
      case 'deleted':
        return { kind: 'deleted', record: effect.before, seq: 0 };
      case 'unchanged':
        return {
          kind: 'unchanged',
          record: effect.record,
          seq: 0,
          ...foundDuplicates(effect.duplicates),
        };
      case 'asserted':
        return { kind: 'asserted', record: null, seq: 0 };
    }
  }

  /** All of them or none. */
  applyAll(
    operations: readonly WriteOperation[],
    namespace: string,
    now: number,
  ): readonly OperationOutcome[] {
    const several = operations.length > 1;
    const run = (): readonly OperationOutcome[] =>
      operations.map((operation, index) => {
        const path = several ? ['operations', String(index)] : [];
        try {
          return this.apply(operation, namespace, now, path);
        } catch (error) {
          throw several && error instanceof MemorySystemError ? error.atOperation(index) : error;
        }
      });
    // A lone operation decides whether it fails before it writes anything.
    return operations.length === 1 ? run() : this.#atomically(run);
  }

  /** Memories that say what is being stored, own writes included. */
  findDuplicates(probe: Parameters<typeof findDuplicates>[1]): readonly FoundDuplicate[] {
    this.indexText();
    return findDuplicates(this.#statements, probe, [UNTOUCHED_SOURCE, OVERLAY_SOURCE]);
  }

  /** The memory as the transaction sees it, expired or not. */
  find(
    namespace: string,
    target: Parameters<typeof findMemories>[2][number],
  ): MemoryRecord | undefined {
    const [own] = findMemories(this.#statements, namespace, [target], OVERLAY_SOURCE);
    if (own !== undefined) return own;
    return findMemories(this.#statements, namespace, [target], UNTOUCHED_SOURCE)[0];
  }

  clear(): void {
    if (this.#touched === 0) return;
    for (const sql of CLEAR) this.#statements.run(sql);
    this.forget();
  }

  /** After the connection's transaction was rolled back, and the TEMP tables with it. */
  forget(): void {
    this.#baseVersions.clear();
    this.#links.forget();
    this.#unindexed = [];
    this.#touched = 0;
  }

  /** All of it or nothing; an error leaves the overlay as it was. */
  #atomically<T>(run: () => T): T {
    const unindexed = this.#unindexed.length;
    this.#statements.run('SAVEPOINT step');
    try {
      return run();
    } catch (error) {
      this.#statements.run('ROLLBACK TO step');
      this.#unindexed.length = Math.min(this.#unindexed.length, unindexed);
      throw error;
    } finally {
      this.#statements.run('RELEASE step');
    }
  }

  /** Brings the full-text index of the overlay up to date; before every search in it. */
  indexText(): void {
    for (const { record, live } of this.#unindexed) {
      this.#statements.run(DELETE_TEXT, record.id);
      if (live) this.#statements.run(INSERT_TEXT, record.id, ...indexedValues(record));
    }
    this.#unindexed = [];
  }

  /** Runs something as if nothing had been written here. */
  withoutWrites<T>(run: () => T): T {
    if (this.#touched === 0) return run();
    const unindexed = this.#unindexed;
    this.#unindexed = [];
    this.#statements.run('SAVEPOINT without_writes');
    try {
      for (const sql of CLEAR) this.#statements.run(sql);
      return run();
    } finally {
      this.#statements.run('ROLLBACK TO without_writes');
      this.#statements.run('RELEASE without_writes');
      this.#unindexed = unindexed;
    }
  }

  #context(namespace: string, now: number, path: readonly string[]): OperationContext {
    return {
      statements: this.#statements,
      namespace,
      now,
      csn: 0,
      path,
      find: (target) => this.find(namespace, target),
      // Ids of new memories are reserved before they come here; without a reservation the row stays provisional.
      nextId: () => -1 - this.#touched,
      findDuplicates: ({ key, valueText, section, persona }) =>
        this.findDuplicates({ namespace, key, valueText, section, persona, now }),
    };
  }

  #applyLink(operation: LinkOperation, context: OperationContext): LinkOutcome {
    const effect = linkEffectOf(operation, context);
    this.#putLink(context.namespace, effect);
    return toLinkOutcome(effect, 0);
  }

  #putLink(namespace: string, { changed, kind, link }: LinkEffect): void {
    this.#links.remember(link);
    this.#touched += 1;
    if (changed) this.#links.put(namespace, link, kind === 'linked');
  }

  #perform(effect: Effect, context: OperationContext): void {
    const { now } = context;
    switch (effect.kind) {
      case 'created':
        if (effect.expired !== undefined) this.#put(effect.expired, false, now);
        this.#put(effect.after, true, now);
        for (const link of supersedingLinks(context, effect.after, effect.supersededIds))
          this.#links.put(context.namespace, link, true);
        break;
      case 'updated':
        this.#put(effect.after, true, now);
        break;
      case 'deleted':
        this.#put(effect.before, false, now);
        break;
      case 'unchanged':
      case 'asserted':
        break;
    }
  }

  #put(record: MemoryRecord, live: boolean, now: number): void {
    this.#rememberBase(record.namespace, record.key);
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
    this.#unindexed.push({ record, live });
    this.#touched += 1;
    if (!live) this.#links.forgetMemory(record.id);
    if (!live) return;
    for (const tag of record.tags) this.#statements.run(INSERT_TAG, record.id, tag);
  }

  #rememberBase(namespace: string, key: string): void {
    if (this.#baseVersions.has(key)) return;
    const row = this.#statements.row(BASE_CSN, namespace, key);
    this.#baseVersions.set(key, (row?.[0] as number | undefined) ?? 0);
  }

  #personaId(namespace: string, name: string, now: number): number {
    const row =
      this.#statements.row(PERSONA_ID, namespace, name) ??
      this.#statements.row(INSERT_PERSONA, namespace, name, now);
    return row?.[0] as number;
  }
}

function foundDuplicates(
  found: readonly FoundDuplicate[] | undefined,
): Pick<MemoryOutcome, 'duplicates'> {
  return found === undefined ? {} : { duplicates: toDuplicates(found) };
}
