import { crc32 } from 'node:zlib';
import type { LinkKind, LinkRecord } from '../model/link.ts';
import type { SeenLink } from '../model/validation.ts';
import { damagedRow } from './damaged-row.ts';
import type { StatementCache } from './statement-cache.ts';

/*
 * Rows of `memory_links`. In a transaction's connection a TEMP view of that name lays the transaction's own links over
 * those of the file (overlay-links.ts), so the reads below serve both.
 */

export type LinkKey = Pick<LinkRecord, 'sourceId' | 'kind' | 'targetId'>;

const MUTUAL_KINDS: ReadonlySet<LinkKind> = new Set(['relates', 'contradicts']);

/** In the order that `linkFromRow` reads them. */
export const LINK_COLUMNS = 'source_id, kind, target_id, created_at, csn, namespace, crc';
const FIND = `SELECT ${LINK_COLUMNS} FROM memory_links WHERE source_id = ? AND kind = ? AND target_id = ?`;
const FIND_IN_FILE =
  'SELECT csn FROM main.memory_links WHERE source_id = ? AND kind = ? AND target_id = ?';
const COUNT = `SELECT (SELECT count(*) FROM memory_links WHERE source_id = ?) + (SELECT count(*) FROM memory_links WHERE target_id = ?)`;
const OUTGOING = `SELECT ${LINK_COLUMNS} FROM memory_links WHERE source_id = ?`;
const INCOMING = `SELECT ${LINK_COLUMNS} FROM memory_links WHERE target_id = ?`;
const SUPERSEDING =
  "SELECT source_id FROM memory_links WHERE kind = 'supersedes' AND target_id = ?";
const INSERT = `INSERT INTO main.memory_links (${LINK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
const UNSEALED = `SELECT ${LINK_COLUMNS} FROM main.memory_links WHERE crc IS NULL`;
const SEAL =
  'UPDATE main.memory_links SET crc = ? WHERE source_id = ? AND kind = ? AND target_id = ?';
const DELETE = 'DELETE FROM main.memory_links WHERE source_id = ? AND kind = ? AND target_id = ?';

/** Holds in both directions. */
export function isMutual(kind: LinkKind): boolean {
  return MUTUAL_KINDS.has(kind);
}

/** The one row that stands for a link. */
export function linkKey(fromId: number, kind: LinkKind, toId: number): LinkKey {
  return isMutual(kind) && toId < fromId
    ? { sourceId: toId, kind, targetId: fromId }
    : { sourceId: fromId, kind, targetId: toId };
}

export function findLink(
  statements: StatementCache,
  { sourceId, kind, targetId }: LinkKey,
): LinkRecord | undefined {
  const row = statements.row(FIND, sourceId, kind, targetId);
  return row === undefined ? undefined : linkFromRow(row);
}

/** Commit number of a link as the file holds it, whatever a transaction did to it; 0 = there is none. */
export function csnOfLink(
  statements: StatementCache,
  { sourceId, kind, targetId }: LinkKey | SeenLink,
): number {
  return (statements.row(FIND_IN_FILE, sourceId, kind, targetId)?.[0] as number | undefined) ?? 0;
}

/** Links of a memory in both directions. */
export function countLinks(statements: StatementCache, id: number): number {
  return statements.row(COUNT, id, id)?.[0] as number;
}

/** All links of a memory, in no order; MAX_LINKS_PER_MEMORY at most. */
export function linksOf(statements: StatementCache, id: number): readonly LinkRecord[] {
  return [...statements.rows(OUTGOING, id), ...statements.rows(INCOMING, id)].map(linkFromRow);
}

/**
 * Whether a memory is superseded by another one, over any number of steps. Undefined when more than `limit` memories
 * would have to be looked at.
 */
export function isSupersededBy(
  statements: StatementCache,
  id: number,
  byId: number,
  limit: number,
): boolean | undefined {
  const met = new Set([id]);
  // A set goes on to what is added to it on the way.
  for (const current of met) {
    for (const [above] of statements.rows(SUPERSEDING, current)) met.add(above as number);
    if (met.has(byId)) return true;
    if (met.size > limit) return undefined;
  }
  return false;
}

export function insertLink(statements: StatementCache, namespace: string, link: LinkRecord): void {
  const { sourceId, kind, targetId, createdAt, csn } = link;
  const crc = linkChecksum(namespace, link);
  statements.run(INSERT, sourceId, kind, targetId, createdAt, csn, namespace, crc);
}

export function deleteLink(
  statements: StatementCache,
  { sourceId, kind, targetId }: LinkKey,
): void {
  statements.run(DELETE, sourceId, kind, targetId);
}

/** CRC-32 as in zlib. */
function linkChecksum(namespace: string, link: LinkRecord): number {
  const { sourceId, kind, targetId, createdAt, csn } = link;
  return crc32(`${namespace}\0${sourceId}\0${kind}\0${targetId}\0${createdAt}\0${csn}`);
}

/** Gives a checksum to the links that come from a file of schema version 4. */
export function sealLinks(statements: StatementCache): void {
  for (const row of statements.rows(UNSEALED)) {
    const { link, namespace } = readLinkRow(row);
    const { sourceId, kind, targetId } = link;
    statements.run(SEAL, linkChecksum(namespace, link), sourceId, kind, targetId);
  }
}

/** One row of LINK_COLUMNS. The checksum is null for a link of an open transaction. */
export function readLinkRow(row: readonly unknown[]): {
  readonly namespace: string;
  readonly link: LinkRecord;
  readonly sound: boolean;
} {
  const [sourceId, kind, targetId, createdAt, csn, namespace, crc] = row as [
    ...[number, LinkKind, number, number, number, string, number | null],
  ];
  const link = { sourceId, kind, targetId, createdAt, csn };
  // A blob of the same bytes has the same checksum (record-row.ts).
  const isText = typeof kind === 'string' && typeof namespace === 'string';
  const sound = isText && (crc === null || crc === linkChecksum(namespace, link));
  return { namespace, link, sound };
}

function linkFromRow(row: readonly unknown[]): LinkRecord {
  const { link, sound } = readLinkRow(row);
  if (sound) return link;
  const { sourceId, kind, targetId } = link;
  throw damagedRow(`the link ${kind} from ${sourceId} to ${targetId} does not match its checksum`);
}
