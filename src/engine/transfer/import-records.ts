import type { ImportItem } from '../import-operations.ts';
import { parseJsonText } from '../json-text.ts';
import type { MemoryOperations } from '../memory-operations.ts';
import type { RowFailure, TransferLink, TransferRecord, TransferSource } from './transfer-row.ts';

/** Where an import writes to. */
export type ImportTarget = Pick<MemoryOperations, 'importRecords' | 'importLinks'>;

/** `read` = `imported` + `skipped` + `failed` when the import ran to its end. */
export interface ImportCounts {
  readonly read: number;
  readonly imported: number;
  readonly skipped: number;
  readonly failed: number;
}

export interface ImportOptions {
  /** Called for every memory that is not stored, in no particular order. */
  readonly onFailure?: ((failure: RowFailure) => void) | undefined;
  /** Called for every memory that the format holds less exactly than its source. */
  readonly onNote?: ((key: string, note: string) => void) | undefined;
  /** Called after every chunk. */
  readonly onProgress?: ((counts: ImportCounts) => void) | undefined;
  /** Memories get their ids in the order of the source; about half as fast. Default false. */
  readonly inOrder?: boolean | undefined;
  /** Stops reading; what is under way is finished and counted. */
  readonly signal?: AbortSignal | undefined;
}

/** Memories of one call; a group commits up to 256 units, more would only wait in the queue. */
const CHUNK_RECORDS = 256;

/** Bytes of one call, so that memories of 1 MB travel two at a time. */
const CHUNK_BYTES = 2_097_152;

/** Calls under way at a time: one commits, one waits, two are read ahead. */
const CHUNKS_IN_FLIGHT = 4;

/**
 * Stores the memories of a source with their times and counters. A memory that is here already with the same content is
 * skipped and unchanged, so repeating an import changes nothing; one with other content is updated. Rejects only when
 * source or target break down; chunks already under way are finished first. Links are counted like memories and made after
 * all of them, wherever they stand in the source; they wait in memory, some 100 bytes each.
 */
export async function importRecords(
  source: TransferSource,
  target: ImportTarget,
  options: ImportOptions = {},
): Promise<ImportCounts> {
  const inFlight = options.inOrder === true ? 1 : CHUNKS_IN_FLIGHT;
  const tally = { read: 0, imported: 0, skipped: 0, failed: 0 };
  const underWay = new Set<Promise<unknown>>();
  const breakdowns: unknown[] = [];
  const links: TransferLink[] = [];
  let chunk: TransferRecord[] = [];
  let bytes = 0;

  const fail = (failure: RowFailure): void => {
    tally.failed += 1;
    options.onFailure?.(failure);
  };
  const send = async (records: readonly TransferRecord[]): Promise<void> => {
    const outcomes = await target.importRecords(records.map(toImportItem));
    for (const [index, record] of records.entries()) {
      const outcome = outcomes[index] ?? new Error('the engine gave no answer for this memory');
      if (outcome instanceof Error) fail({ key: record.key, reason: outcome.message });
      else tally[outcome] += 1;
    }
    options.onProgress?.({ ...tally });
  };
  const sendLinks = async (chunkOfLinks: readonly TransferLink[]): Promise<void> => {
    const outcomes = await target.importLinks(chunkOfLinks);
    for (const [index, { from, to }] of chunkOfLinks.entries()) {
      const outcome = outcomes[index] ?? new Error('the engine gave no answer for this link');
      if (outcome instanceof Error) fail({ key: `${from} → ${to}`, reason: outcome.message });
      else tally[outcome] += 1;
    }
  };
  const flush = async (): Promise<void> => {
    if (chunk.length === 0) return;
    // Caught at once: a chunk may break down while nobody waits for it.
    const sent = send(chunk)
      .catch((error: unknown) => breakdowns.push(error))
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
    chunk = [];
    bytes = 0;
    if (underWay.size >= inFlight) await Promise.race(underWay);
    if (breakdowns.length > 0) throw breakdowns[0];
  };

  try {
    for await (const row of source) {
      if (options.signal?.aborted === true) break;
      tally.read += 1;
      if ('failure' in row) {
        fail(row.failure);
        continue;
      }
      if ('link' in row) {
        links.push(row.link);
        continue;
      }
      const size = sizeOf(row.record);
      if (bytes + size > CHUNK_BYTES) await flush();
      if (row.note !== undefined) options.onNote?.(row.record.key, row.note);
      chunk.push(row.record);
      bytes += size;
      if (chunk.length >= CHUNK_RECORDS) await flush();
    }
    await flush();
  } finally {
    await Promise.all(underWay);
  }
  if (breakdowns.length > 0) throw breakdowns[0];
  for (let next = 0; next < links.length && options.signal?.aborted !== true; next += CHUNK_RECORDS)
    await sendLinks(links.slice(next, next + CHUNK_RECORDS));
  options.onProgress?.({ ...tally });
  return tally;
}

/** Close enough for a bound: UTF-16 units, which are at most the bytes of UTF-8. */
function sizeOf(record: TransferRecord): number {
  return record.key.length + record.valueText.length + record.metadataText.length;
}

function toImportItem(record: TransferRecord): ImportItem {
  const {
    key,
    valueText,
    metadataText,
    tags,
    section,
    persona,
    importance,
    expiresAt,
    ...history
  } = record;
  return {
    fields: {
      key,
      valueText,
      metadata: parseJsonText(metadataText),
      tags,
      section: section ?? undefined,
      persona,
      importance: importance ?? undefined,
    },
    history,
    metadataText,
    expiresAt,
  };
}
