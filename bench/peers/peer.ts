import { readFileSync } from 'node:fs';
import type { WorkloadItem } from '../workload.ts';

/** Memories that a recall may answer with. */
export const RECALL_LIMIT = 10;

/** One memory for agents, open on its own empty store. */
export interface Peer {
  /** Its version, how it was configured, and what an acknowledged store of it promises. */
  readonly configured: string;
  /** Loads memories as fast as it can; not measured. At most a few hundred at once, so that the caller can stop. */
  fill(items: readonly WorkloadItem[]): Promise<void>;
  /** Resolves when the memory acknowledges the store. */
  store(item: WorkloadItem): Promise<void>;
  /** Whether there is a memory with exactly that key. */
  has(key: string): Promise<boolean>;
  /** Keys of what the memory found, best first, at most `RECALL_LIMIT`. */
  recall(query: string): Promise<readonly string[]>;
  /** The process that holds it. */
  readonly pid: number;
  close(): Promise<void>;
}

export interface OpenPeer {
  /** Its own and empty; holds all its files. */
  readonly directory: string;
  /** A compiled `engine/index.js`. */
  readonly engineUrl: string;
}

/** How a memory is brought here and opened. */
export interface PeerSource {
  readonly name: string;
  /** Rejects with `PeerUnavailable` when it cannot be run here. */
  open(context: OpenPeer): Promise<Peer>;
}

/** The message says what is missing and how to get it. */
export class PeerUnavailable extends Error {
  override readonly name = 'PeerUnavailable';
}

/** Resident memory of a process of this machine, of all its threads. Linux only. */
export function residentBytesOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
