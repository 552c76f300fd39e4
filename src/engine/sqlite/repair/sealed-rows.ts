import { deleteLink, LINK_COLUMNS, type LinkKey, readLinkRow } from '../links.ts';
import { isSoundPersona, personaChecksum } from '../personas.ts';
import type { StatementCache } from '../statement-cache.ts';

const LINKS = `SELECT ${LINK_COLUMNS} FROM memory_links`;
const PERSONAS = 'SELECT id, namespace, name, created_at, crc FROM personas';
const FIRST_MEMORY = 'SELECT min(created_at) FROM memories WHERE persona_id = ?';
const SEAL_PERSONA = 'UPDATE personas SET created_at = ?, crc = ? WHERE id = ?';

/** A link of which nobody can tell what it was is none. Returns what was dropped. */
export function dropDamagedLinks(statements: StatementCache): readonly LinkKey[] {
  const damaged = statements
    .rows(LINKS)
    .map(readLinkRow)
    .filter(({ sound }) => !sound);
  for (const { link } of damaged) deleteLink(statements, link);
  return damaged.map(({ link }) => link);
}

/**
 * A persona whose time may be damaged counts from its oldest memory on; from now when it has none. One that comes from a file of schema
 * version 4 has no checksum yet.
 */
export function sealPersonas(statements: StatementCache, now: number): void {
  for (const row of statements.rows(PERSONAS)) {
    const [id, namespace, name, createdBefore, crc] = row as [
      ...[number, string, string, number, number | null],
    ];
    const sound = isSoundPersona(row);
    if (sound && crc !== null) continue;
    const createdAt = sound ? createdBefore : (oldestMemoryOf(statements, id) ?? now);
    statements.run(SEAL_PERSONA, createdAt, personaChecksum(namespace, name, createdAt), id);
  }
}

function oldestMemoryOf(statements: StatementCache, personaId: number): number | null {
  return statements.row(FIRST_MEMORY, personaId)?.[0] as number | null;
}
