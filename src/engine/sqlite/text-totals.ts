import { FULL_TEXT_COLUMNS } from '../search/text-query.ts';
import type { StatementCache } from './statement-cache.ts';

/** FTS5 keeps its totals in this row of its data: the number of rows, then the tokens of each column in all of them (fts5_index.c). */
const TOTALS = 'SELECT block FROM main.memories_text_data WHERE id = 1';
const SAVE_TOTALS = 'UPDATE main.memories_text_data SET block = ? WHERE id = 1';
const SIZES = 'SELECT sz FROM main.memories_text_docsize';
const SIZE_OF_ROW = 'SELECT sz FROM main.memories_text_docsize WHERE id = ?';

/** Rows, then tokens by column. */
export type TextTotals = readonly number[];

/** As they should be: what the index notes of each of its rows, added up; 0.3 µs a row. */
export function countTotals(statements: StatementCache): TextTotals {
  const totals = noTotals();
  for (const [size] of statements.use(SIZES).raw(true).iterate() as Iterable<[unknown]>)
    addRow(totals, size);
  return totals;
}

/** As FTS5 reckons with them. */
export function readTotals(statements: StatementCache): TextTotals {
  const noted = readVarints(statements.row(TOTALS)?.[0]);
  // Nothing is noted before the first memory.
  return noted.length === 0 ? noTotals() : noted;
}

/** A savepoint makes FTS5 write its totals first, which it would do at COMMIT otherwise, over these. */
export function saveTotals(statements: StatementCache, reckon: () => TextTotals): void {
  statements.run('SAVEPOINT text_totals');
  statements.runUnguarded(SAVE_TOTALS, Buffer.from(reckon().flatMap(toVarint)));
  statements.run('RELEASE text_totals');
}

/**
 * An index without texts (contentless_delete) never takes a deleted or replaced row out of its totals: each update of a memory would make
 * all words rarer and all texts shorter than they are, by and by. Here they are taken out in the transaction that deletes them.
 */
export class LeavingRows {
  readonly #statements: StatementCache;
  #leaving = noTotals();

  constructor(statements: StatementCache) {
    this.#statements = statements;
  }

  /** Before the row is deleted or replaced; it may not be there. */
  add(id: number): void {
    const size = this.#statements.row(SIZE_OF_ROW, id)?.[0];
    if (size !== undefined) addRow(this.#leaving, size);
  }

  /** Once for many rows, since FTS5 writes all that it holds back. */
  settle(): void {
    const leaving = this.#leaving;
    if (leaving[0] === 0) return;
    saveTotals(this.#statements, () =>
      readTotals(this.#statements).map((total, at) => Math.max(0, total - (leaving[at] ?? 0))),
    );
    this.#leaving = noTotals();
  }
}

function noTotals(): number[] {
  return [0, ...FULL_TEXT_COLUMNS.map(() => 0)];
}

function addRow(totals: number[], size: unknown): void {
  const row = [1, ...readVarints(size)];
  for (const [at, total] of totals.entries()) totals[at] = total + (row[at] ?? 0);
}

/** SQLite's variable-length integers (sqlite.org/fileformat2.html#varint) up to 2^53; of a damaged blob whatever they say. */
function readVarints(blob: unknown): number[] {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of blob instanceof Uint8Array ? blob : []) {
    number = Math.min(number * 128 + (byte & 0x7f), Number.MAX_SAFE_INTEGER);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  return numbers;
}

function toVarint(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift(128 + (rest % 128));
  return bytes;
}
