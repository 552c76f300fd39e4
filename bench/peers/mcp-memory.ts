import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkloadItem } from '../workload.ts';
import { JsonRpcChild } from './json-rpc-child.ts';
import { type Peer, residentBytesOf } from './peer.ts';

const PACKAGE = '@modelcontextprotocol/server-memory';
const VERSION = '2026.8.31';
const PROTOCOL = '2024-11-05';
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/peers', import.meta.url));
const FILL_BATCH = 500;

/** The reference memory server of the Model Context Protocol, driven over stdio as an agent drives it. */
export async function openMcpMemory(directory: string): Promise<Peer> {
  const server = new JsonRpcChild(installed(), {
    MEMORY_FILE_PATH: join(directory, 'memory.jsonl'),
  });
  await server.call('initialize', {
    protocolVersion: PROTOCOL,
    capabilities: {},
    clientInfo: { name: 'trinitas-bench', version: VERSION },
  });
  server.notify('notifications/initialized');
  const tool = async (name: string, args: object): Promise<string> => {
    const text = JSON.stringify(await server.call('tools/call', { name, arguments: args }));
    if (text.includes('"isError":true')) throw new Error(`${name}: ${text.slice(0, 300)}`);
    return text;
  };
  const create = (items: readonly WorkloadItem[]) =>
    tool('create_entities', {
      entities: items.map(({ key, value, metadata }) => ({
        name: key,
        entityType: metadata.type,
        observations: [value.text],
      })),
    });
  const found = async (answer: Promise<string>, wanted: string): Promise<void> => {
    if (!(await answer).includes(wanted)) throw new Error(`${wanted} was not found`);
  };
  return {
    name: 'MCP server-memory',
    configured: `${PACKAGE} ${VERSION} over stdio, an entity with one observation for each memory; it writes the whole file anew for every store, without fsync, and searches by substring`,
    async fill(items) {
      for (let start = 0; start < items.length; start += FILL_BATCH)
        await create(items.slice(start, start + FILL_BATCH));
    },
    store: async (item) => void (await create([item])),
    read: (key) => found(tool('open_nodes', { names: [key] }), key),
    search: (word) => found(tool('search_nodes', { query: word }), word),
    residentBytes: () => residentBytesOf(server.pid),
    close: () => server.stop(),
  };
}

/** The program of the package; fetched by npm into the cache at the first use. */
function installed(): string {
  const program = join(CACHE, 'node_modules', PACKAGE, 'dist', 'index.js');
  if (!existsSync(program))
    execFileSync(
      'npm',
      ['install', '--prefix', CACHE, '--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`],
      { stdio: ['ignore', 2, 2] },
    );
  return program;
}
