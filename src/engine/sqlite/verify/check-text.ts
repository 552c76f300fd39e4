import { crc32 } from 'node:zlib';
import { FULL_TEXT_COLUMNS } from '../../search/text-query.ts';
import type { SqliteDatabase } from '../database.ts';
import { indexedValues } from '../full-text.ts';
import { FULL_TEXT_TOKENIZER } from '../migrations/001-initial.ts';
import { RECORD_COLUMNS, RECORD_SOURCE, readRow } from '../record-row.ts';
import type { StatementCache } from '../statement-cache.ts';
import type { Findings } from './findings.ts';

/** Memories whose texts are indexed at once for the comparison; about 20 MB of memory at 2 KB each. */
const CHUNK = 2_000;

const COLUMNS = FULL_TEXT_COLUMNS.join(', ');
const CREATE = `CREATE VIRTUAL TABLE temp.verify_text USING fts5(${COLUMNS}, content = '', contentless_delete = 1,
  tokenize = '${FULL_TEXT_TOKENIZER}');
  CREATE VIRTUAL TABLE temp.verify_terms USING fts5vocab(temp, verify_text, instance);
  CREATE VIRTUAL TABLE temp.verify_file_terms USING fts5vocab(main, memories_text, instance);`;
const DROP = `DROP TABLE IF EXISTS temp.verify_file_terms; DROP TABLE IF EXISTS temp.verify_terms;
  DROP TABLE IF EXISTS temp.verify_text`;
const INSERT = `INSERT INTO temp.verify_text (rowid, ${COLUMNS}) VALUES (?, ${FULL_TEXT_COLUMNS.map(() => '?').join(', ')})`;
const CLEAR = `INSERT INTO temp.verify_text (verify_text) VALUES ('delete-all')`;
const MEMORIES = `SELECT ${RECORD_COLUMNS} FROM ${RECORD_SOURCE} WHERE m.id > ? ORDER BY m.id LIMIT ?`;
const SIZES = 'SELECT id, sz FROM main.memories_text_docsize WHERE id BETWEEN ? AND ?';
const OWN_SIZES = 'SELECT id, sz FROM temp.verify_text_docsize';

/**
 * The full-text index against the texts of the memories: its terms by place are summed up for each memory, and compared with those
 * of an index made anew.
 */
export function checkText(
  database: SqliteDatabase,
  statements: StatementCache,
  findings: Findings,
  onRows: (count: number) => void,
): void {
  // FTS5 cannot walk an index whose structure is damaged.
  if (findings.has('text')) return;
  database.exec(DROP);
  database.exec(CREATE);
  try {
    const indexed = sumsOf(database, 'verify_file_terms');
    for (let after = 0; ; ) {
      const rows = statements.rows(MEMORIES, after, CHUNK);
      const last = rows.at(-1);
      if (last === undefined) break;
      compareChunk(database, statements, rows, indexed, findings);
      // Told by the check of the rows.
      if (!((last[0] as number) > after)) break;
      after = last[0] as number;
      onRows(rows.length);
    }
    for (const id of indexed.keys())
      findings.entry({
        area: 'text',
        table: 'memories_text',
        id,
        problem: `the full-text index holds ${id}, which is no memory`,
      });
  } finally {
    database.exec(DROP);
  }
}

/** Compares and forgets the memories of the rows. */
function compareChunk(
  database: SqliteDatabase,
  statements: StatementCache,
  rows: readonly unknown[][],
  indexed: Map<number, number>,
  findings: Findings,
): void {
  const insert = database.prepare(INSERT);
  const sound = rows.map(readRow).filter((row) => row.sound);
  for (const { record } of sound) insert.run(record.id, ...indexedValues(record));
  const wanted = sumsOf(database, 'verify_terms');
  const first = rows[0]?.[0] as number;
  const last = rows.at(-1)?.[0] as number;
  const sizes = sizesOf(statements.rows(SIZES, first, last));
  const wantedSizes = sizesOf(database.prepare(OWN_SIZES).raw(true).all() as unknown[][]);
  for (const { record } of sound) {
    const { id, namespace, key } = record;
    const same = indexed.get(id) === wanted.get(id) && sizes.get(id) === wantedSizes.get(id);
    if (same) continue;
    findings.entry({
      area: 'text',
      table: 'memories_text',
      id,
      namespace,
      key,
      problem: `the full-text index differs from memory ${id} (${JSON.stringify(key)})`,
    });
  }
  for (const [id] of rows) indexed.delete(id as number);
  database.exec(CLEAR);
}

/** For each memory the sum over its terms of a hash of the term and its place; the rows come term by term. */
function sumsOf(
  database: SqliteDatabase,
  table: 'verify_file_terms' | 'verify_terms',
): Map<number, number> {
  const sums = new Map<number, number>();
  let known = '';
  let hash = 0;
  const rows = database
    .prepare(`SELECT doc, term, col, offset FROM temp.${table}`)
    .raw(true)
    .iterate();
  for (const row of rows) {
    const [id, term, column, offset] = row as [number, string, string, number];
    if (term !== known) {
      known = term;
      hash = crc32(term);
    }
    const place = Math.imul(offset + 1, 0x9e3779b1) ^ Math.imul(column.charCodeAt(0), 0xc2b2ae35);
    // Below 2^32 each, so that two million terms of one memory are summed exactly.
    sums.set(id, (sums.get(id) ?? 0) + (Math.imul(hash ^ place, 0x85ebca6b) >>> 0));
  }
  return sums;
}

function sizesOf(rows: readonly unknown[][]): ReadonlyMap<number, string> {
  return new Map(rows.map(([id, size]) => [id as number, (size as Buffer).toString('hex')]));
}
