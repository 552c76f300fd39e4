import { crc32 } from 'node:zlib';
import type { PersonaRecord } from '../model/memory-record.ts';
import { damagedRow } from './damaged-row.ts';
import type { StatementCache } from './statement-cache.ts';

const SELECT_ID = 'SELECT id FROM personas WHERE namespace = ? AND name = ?';
const INSERT =
  'INSERT INTO personas (namespace, name, created_at, crc) VALUES (?, ?, ?, ?) RETURNING id';
const SELECT_ALL =
  'SELECT id, namespace, name, created_at, crc FROM personas WHERE namespace = ? ORDER BY name';
const SELECT_NAMED = `SELECT id, namespace, name, created_at, crc FROM personas
  WHERE namespace = ? AND name IN (SELECT value FROM json_each(?))`;

/** Bounds the memory of PersonaIds. */
const MAX_KNOWN = 4_096;

/** Ids of the personas that the writer met, so that a store need not look its persona up. Personas are never deleted. */
export class PersonaIds {
  readonly #ids = new Map<string, number>();

  /** The row is made on first use. */
  ensure(statements: StatementCache, namespace: string, name: string, now: number): number {
    // Neither name can hold a NUL.
    const known = this.#ids.get(`${namespace}\0${name}`);
    if (known !== undefined) return known;
    const row =
      statements.row(SELECT_ID, namespace, name) ??
      statements.row(INSERT, namespace, name, now, personaChecksum(namespace, name, now));
    const id = row?.[0] as number;
    if (this.#ids.size >= MAX_KNOWN) this.forget();
    this.#ids.set(`${namespace}\0${name}`, id);
    return id;
  }

  /** To be called after every rollback, which may have taken rows back. */
  forget(): void {
    this.#ids.clear();
  }
}

/** In the order of the names, null where unknown; all of them by name when `names` is null. */
export function readPersonas(
  statements: StatementCache,
  namespace: string,
  names: readonly string[] | null,
): readonly (PersonaRecord | null)[] {
  if (names === null) return statements.rows(SELECT_ALL, namespace).map(toPersona);
  const found = new Map(
    statements.rows(SELECT_NAMED, namespace, JSON.stringify(names)).map((row) => {
      const persona = toPersona(row);
      return [persona.name, persona];
    }),
  );
  return names.map((name) => found.get(name) ?? null);
}

/** CRC-32 as in zlib. The id is left out: memories name their persona by it, and their checksums cover the name. */
export function personaChecksum(namespace: string, name: string, createdAt: number): number {
  return crc32(`${namespace}\0${name}\0${createdAt}`);
}

/** Id, namespace, name, time, checksum; that is null for one of an open transaction. */
export function isSoundPersona([, namespace, name, createdAt, crc]: readonly unknown[]): boolean {
  // A blob of the same bytes has the same checksum (record-row.ts).
  if (typeof namespace !== 'string' || typeof name !== 'string') return false;
  return crc === null || crc === personaChecksum(namespace, name, Number(createdAt));
}

function toPersona(row: readonly unknown[]): PersonaRecord {
  const [id, namespace, name, createdAt] = row as [number, string, string, number];
  if (!isSoundPersona(row))
    throw damagedRow(`the persona ${JSON.stringify(name)} does not match its checksum`);
  return { id, namespace, name, createdAt };
}
