import type { LinkRecord } from '../model/link.ts';
import type { SeenLink } from '../model/validation.ts';
import { csnOfLink, type LinkKey } from './links.ts';
import type { StatementCache } from './statement-cache.ts';

/** The part of a transaction's TEMP tables that holds links; needs `overlay_memories`. A link of a memory that is gone is gone. */
export const OVERLAY_LINKS_SCHEMA = `
CREATE TEMP TABLE overlay_links (
  source_id INTEGER, kind TEXT, target_id INTEGER, namespace TEXT, created_at INTEGER, csn INTEGER, live INTEGER NOT NULL,
  PRIMARY KEY (source_id, kind, target_id)
) WITHOUT ROWID;
CREATE INDEX temp.overlay_links_target ON overlay_links (target_id, kind);
CREATE TEMP VIEW memory_links AS
  SELECT source_id, kind, target_id, namespace, created_at, csn, crc FROM main.memory_links l
    WHERE NOT EXISTS (SELECT 1 FROM temp.overlay_links o
        WHERE o.source_id = l.source_id AND o.kind = l.kind AND o.target_id = l.target_id)
      AND NOT EXISTS (SELECT 1 FROM temp.overlay_memories g WHERE g.id = l.source_id AND g.live = 0)
      AND NOT EXISTS (SELECT 1 FROM temp.overlay_memories g WHERE g.id = l.target_id AND g.live = 0)
  UNION ALL SELECT source_id, kind, target_id, namespace, created_at, csn, NULL FROM temp.overlay_links WHERE live = 1;
`;

export const CLEAR_OVERLAY_LINKS = 'DELETE FROM temp.overlay_links';
const UPSERT = `INSERT OR REPLACE INTO temp.overlay_links (namespace, source_id, kind, target_id, created_at, csn, live)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const FORGET = 'DELETE FROM temp.overlay_links WHERE source_id = ? OR target_id = ?';

/** A transaction's own links, and what the file held in their place when they were first written. */
export class OverlayLinks {
  readonly #statements: StatementCache;
  readonly #base = new Map<string, SeenLink>();

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  get empty(): boolean {
    return this.#base.size === 0;
  }

  baseLinks(): readonly SeenLink[] {
    return [...this.#base.values()];
  }

  /** Counts as written, whether or not it changes anything: what it answers depends on it. */
  remember(link: LinkKey): void {
    const { sourceId, kind, targetId } = link;
    const name = `${sourceId} ${kind} ${targetId}`;
    if (this.#base.has(name)) return;
    this.#base.set(name, { sourceId, kind, targetId, csn: csnOfLink(this.#statements, link) });
  }

  put(namespace: string, link: LinkRecord, live: boolean): void {
    this.remember(link);
    const { sourceId, kind, targetId, createdAt, csn } = link;
    this.#statements.run(UPSERT, namespace, sourceId, kind, targetId, createdAt, csn, live ? 1 : 0);
  }

  /** Of a memory that was deleted; those of the file are hidden with it. */
  forgetMemory(id: number): void {
    if (!this.empty) this.#statements.run(FORGET, id, id);
  }

  /** After the table was emptied. */
  forget(): void {
    this.#base.clear();
  }
}
