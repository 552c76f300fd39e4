import type { WorkloadItem } from '../workload.ts';
import { JsonRpcChild } from './json-rpc-child.ts';
import { type Peer, RECALL_LIMIT } from './peer.ts';

/** A memory that is a library, held by a program of ours that speaks JSON-RPC over stdio. */
export interface DrivenMemory {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly configured: string;
  /** For a memory that cannot embed offline: the same vectors as ours, sent along as base64 of float32. */
  readonly vectorOf?: (text: string) => string;
}

/**
 * All libraries are driven in the same way, ours too, so that a call of each pays for the same pipe. What is sent: `fill` {items}, `store` {item},
 * `has` {key} and `recall` {query, limit, vector}; an item is {key, value, metadata, vector}.
 */
export async function openDrivenPeer(memory: DrivenMemory): Promise<Peer> {
  const child = new JsonRpcChild(memory.program, memory.args, memory.environment);
  const vector = (text: string) =>
    memory.vectorOf === undefined ? {} : { vector: memory.vectorOf(text) };
  const sent = ({ key, value, metadata }: WorkloadItem) => ({
    key,
    value,
    metadata,
    ...vector(value.text),
  });
  // Starting belongs to nothing that is measured.
  await child.call('has', { key: '' }).catch(async (error: unknown) => {
    await child.stop();
    throw error;
  });
  return {
    configured: memory.configured,
    fill: async (items) => void (await child.call('fill', { items: items.map(sent) })),
    store: async (item) => void (await child.call('store', { item: sent(item) })),
    has: async (key) => (await child.call('has', { key })) === true,
    recall: async (query) =>
      (await child.call('recall', {
        query,
        limit: RECALL_LIMIT,
        ...vector(query),
      })) as readonly string[],
    pid: child.pid,
    close: () => child.stop(),
  };
}
