import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkloadItem } from '../workload.ts';
import { JsonRpcChild } from './json-rpc-child.ts';
import { type OpenPeer, type Peer, type PeerSource, RECALL_LIMIT } from './peer.ts';
import { PEERS_CACHE } from './peers-cache.ts';

const PACKAGE = '@modelcontextprotocol/server-memory';
const VERSION = '2026.8.31';
const PROTOCOL = '2024-11-05';

interface Graph {
  readonly entities: readonly { readonly name: string }[];
}

/** The reference memory server of the Model Context Protocol, driven over stdio as an agent drives it. */
export const mcpMemory: PeerSource = { name: 'MCP server-memory', open: openMcpMemory };

async function openMcpMemory({ directory }: OpenPeer): Promise<Peer> {
  const server = new JsonRpcChild(process.execPath, [installed()], {
    MEMORY_FILE_PATH: join(directory, 'memory.jsonl'),
  });
  await server.call('initialize', {
    protocolVersion: PROTOCOL,
    capabilities: {},
    clientInfo: { name: 'trinitas-bench', version: VERSION },
  });
  server.notify('notifications/initialized');
  const create = (items: readonly WorkloadItem[]) =>
    callTool(server, 'create_entities', {
      entities: items.map(({ key, value, metadata }) => ({
        name: key,
        entityType: metadata.type,
        observations: [value.text],
      })),
    });
  const names = async (tool: string, args: object): Promise<readonly string[]> => {
    const graph = JSON.parse(await callTool(server, tool, args)) as Graph;
    return graph.entities.map(({ name }) => name);
  };
  return {
    configured: `${PACKAGE} ${VERSION} (MIT) on this Node over stdio, an entity with one observation for each memory; writes the whole file anew for every store, without fsync; searches by substring`,
    fill: async (items) => void (await create(items)),
    store: async (item) => void (await create([item])),
    has: async (key) => (await names('open_nodes', { names: [key] })).includes(key),
    recall: async (query) => (await names('search_nodes', { query })).slice(0, RECALL_LIMIT),
    pid: server.pid,
    close: () => server.stop(),
  };
}

/** The text that the tool answers; rejects when the tool refuses. */
async function callTool(server: JsonRpcChild, name: string, args: object): Promise<string> {
  const answer = await server.call('tools/call', { name, arguments: args });
  const { content, isError } = answer as {
    readonly content: readonly { readonly text: string }[];
    readonly isError?: boolean;
  };
  const text = content[0]?.text ?? '';
  if (isError === true) throw new Error(`${name}: ${text.slice(0, 300)}`);
  return text;
}

/** The program of the package; fetched by npm into the cache at the first use. */
function installed(): string {
  const program = join(PEERS_CACHE, 'node_modules', PACKAGE, 'dist', 'index.js');
  if (!existsSync(program))
    execFileSync(
      'npm',
      ['install', '--prefix', PEERS_CACHE, '--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`],
      { stdio: ['ignore', 2, 2] },
    );
  return program;
}
