import { ValidationError, type ValidationIssue } from '../errors.ts';
import { canonicalJsonText } from '../json-text.ts';
import { SECTIONS, type Section } from '../model/section.ts';
import { type V4Cell, V4File, type V4Row } from '../sqlite/v4-reader.ts';
import {
  type TransferRecord,
  type TransferRow,
  type TransferSource,
  toFailure,
} from './transfer-row.ts';
import { readV4Tags } from './v4-tags.ts';

/** Rows of one query: at the longest value of 1 MB a page stays below 100 MB, at usual ones it takes a millisecond. */
const PAGE_ROWS = 100;

/** `2026-11-22 08:40:18`, with a fraction when Python wrote the time; always UTC. */
const TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:Z|\+00:00)?$/;

const FINE_TIME_NOTE = 'times are kept to the millisecond; finer digits were dropped';

/**
 * The memories of an existing Trinitas v4 file. A row that cannot be held exactly is a failure with its reason;
 * columns win over what the metadata says, and only a missing section is inferred.
 */
export async function* readTrinitasV4(path: string): AsyncGenerator<TransferRow> {
  const file = new V4File(path);
  try {
    yield* rowsOf(file);
  } finally {
    file.close();
  }
}

/** Rows of the file. */
export async function countTrinitasV4(path: string): Promise<number> {
  const file = new V4File(path);
  try {
    return file.count();
  } finally {
    file.close();
  }
}

/** A v4 file that nobody can change until it is closed; every reading gives the same rows. */
export interface HeldTrinitasV4 {
  readonly count: number;
  rows(): TransferSource;
  close(): void;
}

/** Opens a v4 file and holds it as it is; a v4 program that wants to commit meanwhile waits or is refused. */
export function holdTrinitasV4(path: string): HeldTrinitasV4 {
  const file = new V4File(path);
  try {
    file.hold();
    return { count: file.count(), rows: () => rowsOf(file), close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function* rowsOf(file: V4File): AsyncGenerator<TransferRow> {
  for (const row of file.rows(PAGE_ROWS)) yield toTransferRow(row);
}

/** Exported for tests of single rows. */
export function toTransferRow(row: V4Row): TransferRow {
  const name = typeof row.key === 'string' && row.key !== '' ? row.key : `row ${row.id}`;
  try {
    const record = toRecord(row);
    return isFine(row.created_at) || isFine(row.accessed_at)
      ? { record, note: FINE_TIME_NOTE }
      : { record };
  } catch (error) {
    return toFailure(name, error);
  }
}

function toRecord(row: V4Row): TransferRecord {
  const issues: ValidationIssue[] = [];
  const check = <T>(column: keyof V4Row, read: () => T): T => {
    try {
      return read();
    } catch (error) {
      issues.push(...toIssues(column, error));
      return undefined as T;
    }
  };
  const metadataText = check('metadata', () => readMetadata(row.metadata));
  const createdAt = check('created_at', () => readTime(row.created_at));
  const record: TransferRecord = {
    key: check('key', () => readName(row.key)),
    valueText: check('value', () => canonicalJsonText(readText(row.value), ['value'])),
    metadataText,
    tags: metadataText === undefined ? [] : readV4Tags(metadataText),
    section: check('section', () => readSection(row.section)),
    persona: check('persona', () => (row.persona === null ? null : readName(row.persona))),
    importance: check('importance', () => readImportance(row.importance)),
    createdAt,
    updatedAt: createdAt,
    accessedAt: check('accessed_at', () =>
      row.accessed_at === null ? createdAt : readTime(row.accessed_at),
    ),
    accessCount: check('access_count', () => readCount(row.access_count)),
    expiresAt: null,
  };
  if (issues.length > 0) throw new ValidationError(issues);
  return record;
}

function toIssues(column: string, error: unknown): readonly ValidationIssue[] {
  if (error instanceof ValidationError) {
    return error.issues.map((issue) =>
      issue.path.length > 0 ? issue : { path: [column], message: issue.message },
    );
  }
  return [{ path: [column], message: error instanceof Error ? error.message : String(error) }];
}

function readText(cell: V4Cell): string {
  if (typeof cell === 'string') return cell;
  if (cell === null) throw new ValidationError('is missing');
  throw new ValidationError(
    typeof cell === 'object' ? cell.unreadable : `is a number (${cell}), not text`,
  );
}

/** Names are kept in form NFC; two that differ only in their composition would become one. */
function readName(cell: V4Cell): string {
  const name = readText(cell);
  if (name.normalize('NFC') === name) return name;
  throw new ValidationError(
    'is not in Unicode form NFC and would be changed; rename it in the source',
  );
}

function readMetadata(cell: V4Cell): string {
  if (cell === null) return '{}';
  const text = canonicalJsonText(readText(cell), ['metadata']);
  if (!text.startsWith('{')) throw new ValidationError('must be a JSON object');
  return text;
}

function readSection(cell: V4Cell): Section | null {
  if (cell === null) return null;
  const name = readText(cell);
  const section = SECTIONS.find((known) => known === name);
  if (section === undefined) throw new ValidationError(`${JSON.stringify(name)} is no section`);
  return section;
}

function readImportance(cell: V4Cell): number | null {
  if (cell === null) return null;
  const importance = typeof cell === 'bigint' ? Number(cell) : cell;
  if (typeof importance === 'number' && importance >= 0 && importance <= 1) return importance;
  throw new ValidationError(`must be a number from 0 to 1, not ${describe(cell)}`);
}

function readCount(cell: V4Cell): number {
  if (cell === null) return 0;
  if (typeof cell === 'bigint' && cell >= 0n && cell <= BigInt(Number.MAX_SAFE_INTEGER))
    return Number(cell);
  throw new ValidationError(`must be a whole number from 0, not ${describe(cell)}`);
}

function readTime(cell: V4Cell): number {
  const text = readText(cell);
  const [, date, clock, fraction = ''] = TIME.exec(text) ?? [];
  const time = Date.parse(`${date}T${clock}Z`);
  // Date.parse turns 30 February into 2 March; only a real date prints as it was written.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(`${date}T${clock}`)) {
    throw new ValidationError(
      `must be a UTC time such as 2026-11-22 08:40:18, not ${JSON.stringify(text)}`,
    );
  }
  return time + Number(fraction.padEnd(3, '0').slice(0, 3));
}

function isFine(cell: V4Cell): boolean {
  return typeof cell === 'string' && /[1-9]/.test(TIME.exec(cell)?.[3]?.slice(3) ?? '');
}

function describe(cell: V4Cell): string {
  return typeof cell === 'object' && cell !== null
    ? `something that ${cell.unreadable}`
    : JSON.stringify(String(cell));
}
