import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GET, RECALL, STORE, STORE_MANY } from '../../k6/documents.ts';
import { startDeliveredServer } from '../delivered-server.ts';
import type { WorkloadItem } from '../workload.ts';
import { openDrivenPeer } from './driven-peer.ts';
import { type OpenPeer, type Peer, type PeerSource, RECALL_LIMIT } from './peer.ts';

const LIBRARY = fileURLToPath(new URL('./serve-library.ts', import.meta.url));
/** The largest number of memories of one request over GraphQL that stays below the default cost. */
const FILL_BATCH = 100;
const DEFAULTS =
  'defaults: fsync before every answer, full text and vectors made with the store, hybrid recall, change log';

/** The library in a process of its own. */
export const trinitasLibrary: PeerSource = {
  name: 'Trinitas, library',
  open: ({ directory, engineUrl }) =>
    openDrivenPeer({
      program: process.execPath,
      args: [
        '--import',
        import.meta.resolve('tsx'),
        LIBRARY,
        engineUrl,
        join(directory, 'library.db'),
      ],
      configured: `${DEFAULTS}; resident memory includes the loader of the program that holds it`,
    }),
};

/** The server as it is delivered, by GraphQL over HTTP. */
export const trinitasServer: PeerSource = {
  name: 'Trinitas, GraphQL',
  open: openTrinitasServer,
};

async function openTrinitasServer({ directory, engineUrl }: OpenPeer): Promise<Peer> {
  const server = await startDeliveredServer(engineUrl, join(directory, 'server.db'));
  const ask = async (query: string, variables: object): Promise<string> => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    if (text.includes('"errors":')) throw new Error(text.slice(0, 300));
    return text;
  };
  const change = async (query: string, input: object, wanted: string): Promise<void> => {
    const text = await ask(query, { input });
    if (!text.includes(wanted)) throw new Error(text.slice(0, 300));
  };
  return {
    configured: `the server over HTTP, ${DEFAULTS}`,
    async fill(items) {
      for (let start = 0; start < items.length; start += FILL_BATCH) {
        const batch = items.slice(start, start + FILL_BATCH).map(inputOf);
        await change(STORE_MANY.document, { items: batch }, `"stored":${batch.length}`);
      }
    },
    store: (item) => change(STORE.document, inputOf(item), '"version":1'),
    has: async (key) => (await ask(GET.document, { key })).includes(`"key":"${key}"`),
    async recall(query) {
      const text = await ask(RECALL.document, { query, first: RECALL_LIMIT });
      const { data } = JSON.parse(text) as {
        readonly data: {
          readonly recall: {
            readonly edges: readonly { readonly node: { readonly key: string } }[];
          };
        };
      };
      return data.recall.edges.map(({ node }) => node.key);
    },
    pid: server.child.pid ?? 0,
    close: () => server.stop(),
  };
}

function inputOf({ key, value, metadata }: WorkloadItem) {
  return { key, value, metadata };
}
