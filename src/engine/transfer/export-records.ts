import type { Memory } from '../memory.ts';
import type { MemoryOperations, Where } from '../operations.ts';
import type { Section } from '../types.ts';
import { toJsonLine } from './jsonl.ts';
import type { TransferRecord } from './transfer-row.ts';

export interface ExportOptions {
  readonly where?: Where | undefined;
  readonly section?: Section | undefined;
  /** Called after every page with the memories written so far. */
  readonly onProgress?: ((written: number, total: number) => void) | undefined;
  /** Ends the export after the current page. */
  readonly signal?: AbortSignal | undefined;
}

/** Memories of one read; the largest page the engine gives. */
const PAGE = 100;

/**
 * The memories of a namespace as lines of JSONL, ordered by key, so that equal stores give equal bytes. Each page is
 * consistent in itself; a memory that exists all the time is written exactly once, whatever is stored meanwhile.
 */
export async function* exportRecords(
  operations: Pick<MemoryOperations, 'list'>,
  options: ExportOptions = {},
): AsyncGenerator<string> {
  const where = combine(options);
  let after: string | null = null;
  let written = 0;
  let total = 0;
  while (options.signal?.aborted !== true) {
    const page = await operations.list({
      where,
      orderBy: [{ field: 'key', direction: 'asc' }],
      first: PAGE,
      after,
      withTotal: after === null,
    });
    total = page.total ?? total;
    for (const { memory } of page.items) yield toJsonLine(toTransferRecord(memory));
    written += page.items.length;
    options.onProgress?.(written, total);
    after = page.items.at(-1)?.cursor ?? null;
    if (!page.hasNextPage || after === null) return;
  }
}

function combine({ where, section }: ExportOptions): Where | null {
  const conditions = [
    where,
    section === undefined ? undefined : { section: { eq: section } },
  ].filter((condition) => condition !== undefined);
  return conditions.length > 1 ? { and: conditions } : (conditions[0] ?? null);
}

function toTransferRecord(memory: Memory): TransferRecord {
  const { id, namespace, version, csn, ...record } = memory.toRecord();
  return record;
}
