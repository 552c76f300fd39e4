import type { LinkRecord } from '../model/link.ts';
import type { MemoryRecord, Target } from '../model/memory-record.ts';
import type { SeenLink, SeenVersion } from '../model/validation.ts';
import type { SqliteDatabase } from './database.ts';
import { type DuplicateProbe, type FoundDuplicate, findDuplicates } from './duplicates.ts';
import { findMemories } from './get-memories.ts';
import { CLEAR_OVERLAY_LINKS, OVERLAY_LINKS_SCHEMA, OverlayLinks } from './overlay-links.ts';
import {
  CLEAR_OVERLAY_MEMORIES,
  OVERLAY_MEMORIES_SCHEMA,
  OverlayMemories,
} from './overlay-memories.ts';
import { CLEAR_OVERLAY_TEXT, OVERLAY_TEXT_SCHEMA, OverlayText } from './overlay-text.ts';
import { OVERLAY_SOURCE, UNTOUCHED_SOURCE } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

/**
 * TEMP tables of a read-only connection: writable inside an open read snapshot, invisible to everybody else, and they
 * follow SAVEPOINT.
 */
const SCHEMA = `${OVERLAY_MEMORIES_SCHEMA}${OVERLAY_TEXT_SCHEMA}${OVERLAY_LINKS_SCHEMA}`;
const CLEAR = [...CLEAR_OVERLAY_MEMORIES, CLEAR_OVERLAY_LINKS, CLEAR_OVERLAY_TEXT];

/** A transaction's own writes, laid over what its connection sees of the file. */
export class Overlay {
  readonly #statements: StatementCache;
  readonly #links: OverlayLinks;
  readonly #memories: OverlayMemories;
  readonly #text: OverlayText;
  /** Writes that were applied, those that changed nothing too. */
  #touched = 0;

  constructor(database: SqliteDatabase, statements: StatementCache) {
    this.#statements = statements;
    this.#links = new OverlayLinks(statements);
    this.#memories = new OverlayMemories(statements);
    this.#text = new OverlayText(statements);
    database.exec(SCHEMA);
  }

  get empty(): boolean {
    return this.#touched === 0;
  }

  /** What each written memory was in the file when it was first written here: 0 = it did not exist. */
  baseVersions(): readonly SeenVersion[] {
    return this.#memories.baseVersions();
  }

  /** The same of each link. */
  baseLinks(): readonly SeenLink[] {
    return this.#links.baseLinks();
  }

  /** An id for a new memory that has none reserved; it never meets one of the file. */
  get provisionalId(): number {
    return -1 - this.#touched;
  }

  /** `live` false: the memory is gone. */
  put(record: MemoryRecord, live: boolean, now: number): void {
    this.#memories.put(record, live, now);
    this.#text.add(record, live);
    this.#touched += 1;
    if (!live) this.#links.forgetMemory(record.id);
  }

  /** Counts as written, whether or not it changes anything. */
  rememberLink(link: LinkRecord): void {
    this.#links.remember(link);
    this.#touched += 1;
  }

  /** `live` false: the link is gone. */
  putLink(namespace: string, link: LinkRecord, live: boolean): void {
    this.#links.put(namespace, link, live);
  }

  /** Memories that say what is being stored, own writes included. */
  findDuplicates(probe: DuplicateProbe): readonly FoundDuplicate[] {
    this.indexText();
    return findDuplicates(this.#statements, probe, [UNTOUCHED_SOURCE, OVERLAY_SOURCE]);
  }

  /** The memory as the transaction sees it, expired or not. */
  find(namespace: string, target: Target): MemoryRecord | undefined {
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
    this.#memories.forget();
    this.#links.forget();
    this.#text.forget();
    this.#touched = 0;
  }

  /** All of it or nothing; an error leaves the overlay as it was. */
  atomically<T>(run: () => T): T {
    const { waiting } = this.#text;
    this.#statements.run('SAVEPOINT step');
    try {
      return run();
    } catch (error) {
      this.#statements.run('ROLLBACK TO step');
      this.#text.cutTo(waiting);
      throw error;
    } finally {
      this.#statements.run('RELEASE step');
    }
  }

  /** Brings the full-text index of the overlay up to date; before every search in it. */
  indexText(): void {
    this.#text.update();
  }

  /** Runs something as if nothing had been written here. */
  withoutWrites<T>(run: () => T): T {
    if (this.#touched === 0) return run();
    return this.#text.aside(() => {
      this.#statements.run('SAVEPOINT without_writes');
      try {
        for (const sql of CLEAR) this.#statements.run(sql);
        return run();
      } finally {
        this.#statements.run('ROLLBACK TO without_writes');
        this.#statements.run('RELEASE without_writes');
      }
    });
  }
}
