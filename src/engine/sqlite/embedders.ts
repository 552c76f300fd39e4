import type { EmbedderInfo } from '../backends/embedder-info.ts';
import type { StatementCache } from './statement-cache.ts';

const COLUMNS = 'id, model, dimension, complete, settings';
const SELECT_ALL = `SELECT ${COLUMNS} FROM main.embedders ORDER BY id`;
const SELECT_BY_MODEL = `SELECT ${COLUMNS} FROM main.embedders WHERE model = ?`;
const INSERT = `INSERT INTO embedders (model, complete, settings, created_at)
  VALUES (?, NOT EXISTS (SELECT 1 FROM memories), ?, ?)
  ON CONFLICT (model) DO UPDATE SET settings = excluded.settings, complete = complete AND id IS (SELECT embedder_id FROM engine_meta)
  RETURNING id`;
const SET_DIMENSION = 'UPDATE embedders SET dimension = ? WHERE id = ?';
const SET_CURRENT = 'UPDATE engine_meta SET embedder_id = ? WHERE id = 1';
const SET_COMPLETE = 'UPDATE embedders SET complete = 1 WHERE id = ?';
const HAS_VECTORS = 'SELECT 1 FROM main.vector_codes WHERE embedder_id = ? LIMIT 1';
const DELETE_UNUSED = `DELETE FROM embedders WHERE id IS NOT ?
  AND id NOT IN (SELECT embedder_id FROM vector_codes) AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.embedder_id = embedders.id)`;

/** Makes a model the one of new vectors; returns its id. Inside a transaction of the caller. */
export function useEmbedder(
  statements: StatementCache,
  embedder: { readonly model: string; readonly settingsText: string } | null,
  now: number,
): number | null {
  const row =
    embedder === null
      ? undefined
      : statements.row(INSERT, embedder.model, embedder.settingsText, now);
  const id = (row?.[0] as number | undefined) ?? null;
  statements.run(SET_CURRENT, id);
  return id;
}

/** The model of new vectors; null = none. */
export function embedderInUse(statements: StatementCache): number | null {
  const row = statements.row('SELECT embedder_id FROM engine_meta WHERE id = 1');
  return (row?.[0] as number | null | undefined) ?? null;
}

export function readEmbedders(statements: StatementCache): readonly EmbedderInfo[] {
  return statements.rows(SELECT_ALL).map(toEmbedder);
}

export function findEmbedder(statements: StatementCache, model: string): EmbedderInfo | undefined {
  const row = statements.row(SELECT_BY_MODEL, model);
  return row === undefined ? undefined : toEmbedder(row);
}

/** Whether the index holds a vector of the model. */
export function hasVectors(statements: StatementCache, id: number): boolean {
  return statements.row(HAS_VECTORS, id) !== undefined;
}

export function setDimension(statements: StatementCache, id: number, dimension: number): void {
  statements.run(SET_DIMENSION, dimension, id);
}

export function setComplete(statements: StatementCache, id: number): void {
  statements.run(SET_COMPLETE, id);
}

/** Forgets models without any vector, except the one in use. */
export function deleteUnusedEmbedders(statements: StatementCache, current: number | null): void {
  statements.run(DELETE_UNUSED, current);
}

function toEmbedder(row: readonly unknown[]): EmbedderInfo {
  return {
    id: row[0] as number,
    model: row[1] as string,
    dimension: row[2] as number | null,
    complete: row[3] === 1,
    settingsText: row[4] as string,
  };
}
