import { join } from 'node:path';
import { GET, RECALL, STORE, STORE_MANY } from '../../k6/documents.ts';
import { startDeliveredServer } from '../delivered-server.ts';
import type { WorkloadItem } from '../workload.ts';
import { type Peer, residentBytesOf } from './peer.ts';

type Engine = typeof import('../../src/engine/index.ts');

/** The largest number of memories of one request over GraphQL that stays below the default cost. */
const FILL_BATCH = 100;
const CONFIGURED =
  'defaults: fsync before every answer, full text and vectors made with the store, hybrid recall of the 10 best, change log';

/** The library inside this process. */
export async function openTrinitasEmbedded(directory: string, engineUrl: string): Promise<Peer> {
  const before = process.memoryUsage.rss();
  const { MemoryManagerFactory } = (await import(engineUrl)) as Engine;
  const manager = await MemoryManagerFactory.getManager({
    memory: { sqlite_path: join(directory, 'embedded.db') },
  });
  const memories = manager.namespace('default');
  return {
    name: 'Trinitas, library',
    configured: `${CONFIGURED}; resident memory is the growth of the process that measures`,
    async fill(items) {
      for (let start = 0; start < items.length; start += FILL_BATCH)
        await manager.storeMany(items.slice(start, start + FILL_BATCH).map(inputOf));
    },
    store: async (item) => void (await memories.store(inputOf(item))),
    async read(key) {
      if ((await memories.get({ key })) === null) throw new Error(`${key} was not found`);
    },
    async search(word) {
      const { hits } = await memories.recall({ query: word });
      if (hits.length === 0) throw new Error(`${word} was not found`);
    },
    residentBytes: () => process.memoryUsage.rss() - before,
    close: () => manager.cleanup(),
  };
}

/** The server in a process of its own, by GraphQL over HTTP. */
export async function openTrinitasServer(directory: string, engineUrl: string): Promise<Peer> {
  const server = await startDeliveredServer(engineUrl, join(directory, 'server.db'));
  const ask = async (query: string, variables: object, wanted: string): Promise<void> => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    if (text.includes('"errors":') || !text.includes(wanted)) throw new Error(text.slice(0, 300));
  };
  return {
    name: 'Trinitas, GraphQL over HTTP',
    configured: CONFIGURED,
    async fill(items) {
      for (let start = 0; start < items.length; start += FILL_BATCH) {
        const batch = items.slice(start, start + FILL_BATCH).map(inputOf);
        await ask(STORE_MANY.document, { input: { items: batch } }, `"stored":${batch.length}`);
      }
    },
    store: (item) => ask(STORE.document, { input: inputOf(item) }, '"version":1'),
    read: (key) => ask(GET.document, { key }, key),
    search: (word) => ask(RECALL.document, { query: word, first: 10 }, word),
    residentBytes: () => residentBytesOf(server.child.pid),
    close: () => server.stop(),
  };
}

function inputOf({ key, value, metadata }: WorkloadItem) {
  return { key, value, metadata };
}
