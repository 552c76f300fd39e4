import { V4Writer } from '../sqlite/v4-writer.ts';
import {
  type ExportOptions,
  type ExportSource,
  linksOf,
  memoryPages,
  toTransferRecord,
} from './memory-pages.ts';
import { toPythonJson } from './python-json.ts';
import type { TransferRecord } from './transfer-row.ts';
import { writeV4Tags } from './v4-tags.ts';

export interface V4ExportOptions extends ExportOptions {
  /** Called for everything that a v4 file cannot hold, with a sentence that is the same for all such memories. */
  readonly onNote?: ((key: string, note: string) => void) | undefined;
}

const TAGS_NOTE = 'tags were written into metadata.tags, where v4 keeps them';
const EXPIRY_NOTE = 'v4 knows no expiry and keeps the memory for ever';
const LINK_NOTE = 'v4 knows no links; one was left out';

/**
 * Writes the memories of a namespace into a new Trinitas v4 file, in the order of their creation, as v4 itself would have:
 * what came from v4 goes back equal in every column but the id. Versions, history, links, expiry and vectors have no place in it.
 * The file must not exist. Returns the memories written; when the signal ended it early the file holds no row.
 */
export async function exportTrinitasV4(
  operations: ExportSource,
  path: string,
  options: V4ExportOptions = {},
): Promise<number> {
  const writer = new V4Writer(path);
  let written = 0;
  try {
    const order = [{ field: 'createdAt', direction: 'asc' }] as const;
    for await (const page of memoryPages(operations, order, options)) {
      for (const memory of page) {
        const record = toTransferRecord(memory);
        const metadataText = writeV4Tags(record.metadataText, record.tags);
        writer.insert(toV4Row({ ...record, metadataText }));
        if (metadataText !== record.metadataText) options.onNote?.(record.key, TAGS_NOTE);
        if (record.expiresAt !== null) options.onNote?.(record.key, EXPIRY_NOTE);
      }
      for (const { from } of await linksOf(operations, page)) options.onNote?.(from, LINK_NOTE);
      written += page.length;
    }
    if (options.signal?.aborted !== true) writer.finish();
  } finally {
    writer.close();
  }
  return written;
}

function toV4Row(record: TransferRecord): Parameters<V4Writer['insert']>[0] {
  return {
    key: record.key,
    value: toPythonJson(record.valueText),
    metadata: toPythonJson(record.metadataText),
    section: record.section,
    persona: record.persona,
    importance: record.importance,
    created_at: toV4Time(record.createdAt),
    accessed_at: toV4Time(record.accessedAt),
    access_count: record.accessCount,
  };
}

/** `2026-11-22 08:40:18`, as SQLite's CURRENT_TIMESTAMP; with the milliseconds only when there are any. */
function toV4Time(time: number): string {
  return new Date(time)
    .toISOString()
    .replace('T', ' ')
    .replace(/(?:\.000)?Z$/, '');
}
