import { readFileSync } from 'node:fs';
import type { WorkloadItem } from '../workload.ts';

/** One memory for agents, open on its own empty store. */
export interface Peer {
  readonly name: string;
  /** How it was configured and what its answers promise. */
  readonly configured: string;
  /** Loads memories as fast as it can; not measured. */
  fill(items: readonly WorkloadItem[]): Promise<void>;
  store(item: WorkloadItem): Promise<void>;
  /** By the exact key; rejects when it is not there. */
  read(key: string): Promise<void>;
  /** By a word that stands in memories; rejects when nothing is found. */
  search(word: string): Promise<void>;
  /** Resident memory of the process that holds it. */
  residentBytes(): number;
  close(): Promise<void>;
}

/** Resident memory of a process of this machine, of all its threads. Linux only. */
export function residentBytesOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
