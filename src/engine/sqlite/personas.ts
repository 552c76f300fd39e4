import type { PersonaRecord } from '../types.ts';
import type { StatementCache } from './statement-cache.ts';

const SELECT_ID = 'SELECT id FROM personas WHERE namespace = ? AND name = ?';
const INSERT = 'INSERT INTO personas (namespace, name, created_at) VALUES (?, ?, ?) RETURNING id';
const SELECT_ALL =
  'SELECT id, namespace, name, created_at FROM personas WHERE namespace = ? ORDER BY name';
const SELECT_NAMED = `SELECT id, namespace, name, created_at FROM personas
  WHERE namespace = ? AND name IN (SELECT value FROM json_each(?))`;

/** The persona's id; the row is made on first use. */
export function ensurePersona(
  statements: StatementCache,
  namespace: string,
  name: string,
  now: number,
): number {
  const row =
    statements.row(SELECT_ID, namespace, name) ?? statements.row(INSERT, namespace, name, now);
  return row?.[0] as number;
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

function toPersona(row: readonly unknown[]): PersonaRecord {
  return {
    id: row[0] as number,
    namespace: row[1] as string,
    name: row[2] as string,
    createdAt: row[3] as number,
  };
}
