import { fail } from 'k6';
import { send } from './client.ts';
import { LIST, STORE_MANY, TRANSACT } from './documents.ts';
import { memoryOf } from './workload.ts';

/** What `setup` hands to every virtual user. */
export interface RunData {
  /** Begins every key of the run, so that runs do not meet and tear-down finds its own. */
  readonly prefix: string;
  /** Memories that setup stored; their indexes are 0 to memories - 1. */
  readonly memories: number;
}

/** Memories of one request: well under a body of 2 MB. */
const BATCH = 500;
/** A page of the list, and the deletions of one transaction. */
const PAGE = 100;

/** Stores `memories` to be found, as a server that has been in use for a while holds them. */
export function prepare(memories: number): RunData {
  const prefix = `k6_${Date.now().toString(36)}_`;
  for (let start = 0; start < memories; start += BATCH) {
    const length = Math.min(BATCH, memories - start);
    const items = Array.from({ length }, (_, index) => memoryOf(prefix, start + index));
    const { data, code } = send(STORE_MANY, { input: { items } });
    if (data?.['stored'] !== length) fail(`setup could not store its memories: ${code}`);
  }
  return { prefix, memories };
}

/** Deletes everything the run has stored, in transactions of one page. */
export function removeAll({ prefix }: RunData): void {
  for (;;) {
    const { data, code } = send(LIST, { where: { key: { startsWith: prefix } }, first: PAGE });
    if (data === null) fail(`tear-down could not list its memories: ${code}`);
    const nodes = data['nodes'] as readonly { readonly key: string }[];
    if (nodes.length === 0) return;
    const operations = nodes.map(({ key }) => ({ delete: { by: { key } } }));
    const deleted = send(TRANSACT, { input: { operations } });
    if (deleted.data === null) fail(`tear-down could not delete its memories: ${deleted.code}`);
  }
}
