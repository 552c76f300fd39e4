import { toJsonLine, toJsonLinkLine } from './jsonl.ts';
import {
  type ExportOptions,
  type ExportSource,
  linksOf,
  memoryPages,
  toTransferRecord,
} from './memory-pages.ts';
import type { TransferLink } from './transfer-row.ts';

/**
 * The memories of a namespace as lines of JSONL, ordered by key, so that equal stores give equal bytes. The links between
 * memories that are written follow after them.
 */
export async function* exportRecords(
  operations: ExportSource,
  options: ExportOptions = {},
): AsyncGenerator<string> {
  const links: TransferLink[] = [];
  const keys = new Set<string>();
  const order = [{ field: 'key', direction: 'asc' }] as const;
  for await (const page of memoryPages(operations, order, options)) {
    for (const memory of page) yield toJsonLine(toTransferRecord(memory));
    for (const { key } of page) keys.add(key);
    links.push(...(await linksOf(operations, page)));
  }
  const whole = links.filter(({ from, to }) => keys.has(from) && keys.has(to));
  for (const link of whole.sort(byEnds)) yield toJsonLinkLine(link);
}

/** By the keys and the kind, so that equal stores give equal bytes. */
function byEnds(left: TransferLink, right: TransferLink): number {
  const [one, other] = [left, right].map(({ from, to, kind }) => `${from}\0${to}\0${kind}`);
  return one === other ? 0 : (one ?? '') < (other ?? '') ? -1 : 1;
}
