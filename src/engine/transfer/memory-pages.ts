import { NotFoundError } from '../errors.ts';
import { MAX_LINKS_PER_MEMORY } from '../limits.ts';
import type { RelatedMemory } from '../link-operations.ts';
import type { Where } from '../list-operations.ts';
import type { Memory } from '../memory.ts';
import type { MemoryOperations } from '../memory-operations.ts';
import type { Section } from '../model/section.ts';
import type { OrderTerm } from '../search/filter.ts';
import type { TransferLink, TransferRecord } from './transfer-row.ts';

export interface ExportOptions {
  readonly where?: Where | undefined;
  readonly section?: Section | undefined;
  /** Called after every page with the memories written so far. */
  readonly onProgress?: ((written: number, total: number) => void) | undefined;
  /** Ends the export after the current page. */
  readonly signal?: AbortSignal | undefined;
}

/** Where an export reads from. */
export type ExportSource = Pick<MemoryOperations, 'list' | 'related'>;

/** Memories of one read; the largest page the engine gives. */
const PAGE = 100;

/**
 * The memories of a namespace in pages. Each page is consistent in itself; a memory that exists all the time is given exactly
 * once, whatever is stored meanwhile. Progress counts a page when the next one is asked for.
 */
export async function* memoryPages(
  operations: ExportSource,
  orderBy: readonly OrderTerm[],
  options: ExportOptions,
): AsyncGenerator<readonly Memory[]> {
  const where = combine(options);
  let after: string | null = null;
  let written = 0;
  let total = 0;
  while (options.signal?.aborted !== true) {
    const page = await operations.list({
      where,
      orderBy,
      first: PAGE,
      after,
      withTotal: after === null,
    });
    total = page.total ?? total;
    yield page.items.map(({ memory }) => memory);
    written += page.items.length;
    options.onProgress?.(written, total);
    after = page.items.at(-1)?.cursor ?? null;
    if (!page.hasNextPage || after === null) break;
  }
}

export function toTransferRecord(memory: Memory): TransferRecord {
  const { id, namespace, version, csn, ...record } = memory.toRecord();
  return record;
}

/** The links that start at these memories, each once: one that holds in both directions starts at the smaller key. */
export async function linksOf(
  operations: ExportSource,
  memories: readonly Memory[],
): Promise<readonly TransferLink[]> {
  const found = await Promise.all(
    memories.map(async (memory) => {
      const related = await relatedTo(operations, memory);
      return related.flatMap(({ link, memory: other }): readonly TransferLink[] => {
        if (link === null) return [];
        if (link.direction === 'MUTUAL' && other.key < memory.key) return [];
        const { kind, since } = link;
        return [{ from: memory.key, to: other.key, kind, createdAt: since.getTime() }];
      });
    }),
  );
  return found.flat();
}

/** None of a memory that was deleted since its page was read. */
async function relatedTo(
  operations: ExportSource,
  { id }: Memory,
): Promise<readonly RelatedMemory[]> {
  try {
    return await operations.related({
      to: { id },
      direction: 'OUTGOING',
      first: MAX_LINKS_PER_MEMORY,
    });
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}

function combine({ where, section }: ExportOptions): Where | null {
  const conditions = [
    where,
    section === undefined ? undefined : { section: { eq: section } },
  ].filter((condition) => condition !== undefined);
  return conditions.length > 1 ? { and: conditions } : (conditions[0] ?? null);
}
