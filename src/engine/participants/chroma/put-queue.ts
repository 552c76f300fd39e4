import type { VectorRecord } from '../vector-store.ts';
import { unavailable } from './chroma-error.ts';

/** Records of one call. Measured: 10 ms for one, 70 to 110 ms for a hundred, and no gain in records a second beyond. */
const MAX_BATCH = 100;
/** Records that wait for one collection: 20 MB of vectors of 256 numbers. */
const MAX_WAITING = 20_000;
/** A call that hangs holds up those behind it for at most so long, whatever its callers would wait. */
const MAX_CALL_MS = 10_000;

interface Entry {
  readonly records: readonly VectorRecord[];
  readonly deadline: number;
  /** Records that were sent or are on their way. */
  sent: number;
  isSettled: boolean;
  settle(error: unknown): void;
}

/** Puts of one collection: one call at a time; whoever comes meanwhile travels with the next one. */
export class PutQueue {
  readonly #send: (records: readonly VectorRecord[], deadline: number) => Promise<void>;
  /** In the order of their coming. */
  readonly #entries = new Set<Entry>();
  #waiting = 0;
  #isSending = false;

  constructor(send: (records: readonly VectorRecord[], deadline: number) => Promise<void>) {
    this.#send = send;
  }

  get isIdle(): boolean {
    return !this.#isSending && this.#entries.size === 0;
  }

  /** Resolves when all records were taken; rejects at the deadline (Unix ms) at the latest. */
  put(records: readonly VectorRecord[], deadline: number): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    if (this.#waiting + records.length > MAX_WAITING)
      return Promise.reject(unavailable(`${this.#waiting} records wait already`));
    this.#waiting += records.length;
    return new Promise((resolve, reject) => {
      const entry: Entry = {
        records,
        deadline,
        sent: 0,
        isSettled: false,
        settle: (error) => {
          if (entry.isSettled) return;
          entry.isSettled = true;
          clearTimeout(timer);
          this.#waiting -= records.length;
          this.#entries.delete(entry);
          if (error === null) resolve();
          else reject(error);
        },
      };
      const late = (): void =>
        entry.settle(unavailable('the records were not taken before the deadline'));
      const timer = setTimeout(late, Math.max(0, deadline - Date.now()));
      this.#entries.add(entry);
      if (!this.#isSending) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    // One turn of the event loop, so that callers of the same moment travel together.
    await new Promise(setImmediate);
    while (this.#entries.size > 0) await this.#sendBatch();
    this.#isSending = false;
  }

  async #sendBatch(): Promise<void> {
    const batch = new Map<string, VectorRecord>();
    const members: Entry[] = [];
    for (const entry of this.#entries) {
      if (batch.size >= MAX_BATCH) break;
      members.push(entry);
      // Chroma refuses a call that names an id twice; records are immutable, so the first one will do.
      for (; entry.sent < entry.records.length && batch.size < MAX_BATCH; entry.sent += 1) {
        const record = entry.records[entry.sent];
        if (record !== undefined && !batch.has(record.id)) batch.set(record.id, record);
      }
    }
    const latest = Math.max(...members.map((entry) => entry.deadline));
    try {
      await this.#send([...batch.values()], Math.min(latest, Date.now() + MAX_CALL_MS));
      for (const entry of members) if (entry.sent === entry.records.length) entry.settle(null);
    } catch (error) {
      for (const entry of members) entry.settle(error);
    }
  }
}
