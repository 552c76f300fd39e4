import { type BlockResult, blockResult, median } from '../samples.ts';
import type { Calls } from './bounded-calls.ts';
import type { Peer } from './peer.ts';
import { KINDS, type Kind } from './peer-plan.ts';

/** What is known of one peer at one size. */
export class PeerRecord implements Record<Kind, Calls[]> {
  readonly name: string;
  readonly memories: number;
  readonly stores: Calls[] = [];
  readonly concurrentStores: Calls[] = [];
  readonly project: Calls[] = [];
  readonly question: Calls[] = [];
  readonly read: Calls[] = [];
  /** Questions whose memory was among the answers. */
  readonly found: Record<Kind, number> = { project: 0, question: 0 };
  /** Acknowledged stores that were looked for afterwards, and those that were not there. */
  checked = 0;
  missing = 0;
  residentBytes = Number.NaN;
  /** When it was loaded and closed. */
  fileBytes = Number.NaN;
  syncsPerStore = Number.NaN;
  configured = '';
  /** Why it was measured in part or not at all; null when nothing failed. */
  failure: string | null = null;
  #peer: Peer | null = null;

  constructor(name: string, memories: number) {
    this.name = name;
    this.memories = memories;
  }

  open(peer: Peer): void {
    this.#peer = peer;
    this.configured = peer.configured;
  }

  /** Nothing once something has failed: then the figures stay as they are, and the reason is kept. */
  async attempt(work: () => Promise<void>): Promise<void> {
    if (this.failure !== null) return;
    try {
      await work();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  get peer(): Peer {
    if (this.#peer === null) throw new Error(`${this.name} is not open`);
    return this.#peer;
  }

  async close(): Promise<void> {
    await this.#peer?.close();
    this.#peer = null;
  }

  /** For machines; durations are left out. */
  toJSON() {
    const { name, memories, checked, missing, residentBytes, fileBytes, syncsPerStore } = this;
    return {
      name,
      memories,
      configured: this.configured,
      failure: this.failure,
      stores: pooled(this.stores),
      concurrentStores: pooled(this.concurrentStores),
      project: pooled(this.project),
      question: pooled(this.question),
      read: pooled(this.read),
      found: Object.fromEntries(KINDS.map((kind) => [kind, shareFound(this, kind)])),
      checked,
      missing,
      residentBytes,
      fileBytes,
      syncsPerStore,
    };
  }
}

/** Percentiles over the calls of all rounds together. */
export function pooled(rounds: readonly Calls[]): BlockResult {
  return blockResult(
    rounds.flatMap(({ durations }) => durations),
    rounds.reduce((sum, { seconds }) => sum + seconds, 0),
  );
}

/** Calls a second, of the middle round, so that one disturbed round does not count. */
export function ratePerSecond(rounds: readonly Calls[]): number {
  return median(rounds.map(({ durations, seconds }) => durations.length / seconds));
}

/** 0 to 1, of the questions that were asked. */
export function shareFound(record: PeerRecord, kind: Kind): number {
  return record.found[kind] / pooled(record[kind]).operations;
}
