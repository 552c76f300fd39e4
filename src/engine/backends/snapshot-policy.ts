import { OverloadedError, SnapshotTooOldError } from '../errors.ts';
import type { Reader } from '../pool/reader.ts';
import { ThreadLostError } from '../pool/thread.ts';
import { uuidV7 } from '../uuid-v7.ts';
import type { ServedIsolation } from './backend.ts';
import type { SnapshotStatistics } from './backend-statistics.ts';

/** A pinned snapshot keeps the WAL from starting anew, so the file grows as long as it lives. */
export interface SnapshotLimits {
  /** WAL bytes from which snapshots are moved to a newer commit, or given up. */
  readonly softWalBytes: number;
  /** WAL bytes from which all snapshots are given up and new ones refused. */
  readonly hardWalBytes: number;
  /** Snapshots of all readers together. */
  readonly max: number;
}

/** How often the WAL is looked at while snapshots are open: a stat of one file. */
const LOOK_EVERY_MS = 250;
/** New snapshots wait that long for short transactions to end, whenever the WAL passes the soft limit. */
const DRAIN_MS = 100;
/** The WAL starts anew only when a checkpoint has folded all of it back before the last snapshots were moved on. */
const DRAIN_ROUNDS = 2;
/** After a drain that long snapshots made useless. */
const DRAIN_PAUSE_MS = 1_000;
const RETRY_AFTER_MS = 250;

export interface Snapshot {
  readonly id: string;
  readonly reader: Reader;
  readonly pinnedAt: number;
  /** Commit number; grows when the snapshot is refreshed. */
  csn: number;
  /** Why it was given up; undefined while it lives. */
  lost: string | undefined;
}

/**
 * Opens and watches the snapshots of all transactions. A WAL starts anew only when nobody reads an older part of it, which
 * never happens by itself while transactions overlap. So past the soft limit new snapshots wait a moment while short
 * transactions end, and those that stay are refreshed: moved to the newest commit if nothing they read or wrote has
 * changed, given up otherwise (the read refresh of CockroachDB). Past the hard limit all of them are given up.
 */
export class SnapshotPolicy {
  readonly #limits: SnapshotLimits;
  readonly #walBytes: () => number;
  readonly #truncateWal: () => Promise<void>;
  readonly #open = new Set<Snapshot>();
  #timer: NodeJS.Timeout | undefined;
  #enforcing = false;
  /** New snapshots wait for it; undefined when they need not. */
  #gate: Promise<void> | undefined;
  #drainAgainAt = 0;
  #onEmpty = (): void => undefined;
  #refreshed = 0;
  #aborted = 0;

  /** `truncateWal` makes the WAL's file as short as the open snapshots allow; it must not reject. */
  constructor(limits: SnapshotLimits, walBytes: () => number, truncateWal: () => Promise<void>) {
    this.#limits = limits;
    this.#walBytes = walBytes;
    this.#truncateWal = truncateWal;
  }

  async pin(
    reader: Reader,
    namespace: string,
    level: Exclude<ServedIsolation, 'READ_COMMITTED'>,
  ): Promise<Snapshot> {
    // Looking here too bounds the WAL by the transactions that are open, however fast short ones follow each other.
    if (this.#walBytes() > this.#limits.softWalBytes) void this.enforce();
    while (this.#gate !== undefined) await this.#gate;
    // The file keeps its length when nobody needs it any more: nothing else would ever let a snapshot in again.
    if (this.#walBytes() > this.#limits.hardWalBytes) await this.#truncateWal();
    this.#refuseWhenFull();
    const id = uuidV7(Date.now());
    reader.snapshots += 1;
    const snapshot: Snapshot = { id, reader, pinnedAt: Date.now(), csn: 0, lost: undefined };
    this.#open.add(snapshot);
    try {
      snapshot.csn = await reader.transaction('beginSnapshot', { id, namespace, level });
    } catch (error) {
      this.#forget(snapshot);
      throw error;
    }
    this.#watch();
    return snapshot;
  }

  /** Throws SnapshotTooOldError when the snapshot was given up. */
  check(snapshot: Snapshot | null): void {
    if (snapshot?.lost === undefined) return;
    throw new SnapshotTooOldError(snapshot.lost, { remedy: 'Run the whole transaction again.' });
  }

  async release(snapshot: Snapshot): Promise<void> {
    if (!this.#open.has(snapshot)) return;
    this.#forget(snapshot);
    try {
      await snapshot.reader.transaction('endSnapshot', { id: snapshot.id });
    } catch (error) {
      // When the thread died, the snapshot died with it.
      if (!(error instanceof ThreadLostError)) throw error;
    }
  }

  /** Looks at the WAL now instead of at the next tick. */
  async enforce(): Promise<void> {
    if (this.#enforcing || this.#open.size === 0) return;
    this.#enforcing = true;
    try {
      const bytes = this.#walBytes();
      if (bytes > this.#limits.hardWalBytes) {
        const reason = `the write-ahead log passed ${this.#limits.hardWalBytes} bytes`;
        await Promise.all(Array.from(this.#open, (snapshot) => this.#giveUp(snapshot, reason)));
        await this.#truncateWal();
      } else if (bytes > this.#limits.softWalBytes && Date.now() >= this.#drainAgainAt) {
        await this.#drain();
      }
    } finally {
      this.#enforcing = false;
    }
  }

  statistics(): SnapshotStatistics {
    const [oldest] = this.#open;
    return {
      open: this.#open.size,
      max: this.#limits.max,
      oldestAgeSeconds: oldest === undefined ? 0 : (Date.now() - oldest.pinnedAt) / 1000,
      refreshed: this.#refreshed,
      aborted: this.#aborted,
    };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #refuseWhenFull(): void {
    const tooMany = this.#open.size >= this.#limits.max;
    if (!tooMany && this.#walBytes() <= this.#limits.hardWalBytes) return;
    const why = tooMany ? 'too many snapshots are open' : 'the write-ahead log is too long';
    throw new OverloadedError(`${why} for another snapshot`, RETRY_AFTER_MS, {
      data: { open: this.#open.size, max: this.#limits.max },
      remedy: 'End other transactions, use READ_COMMITTED, or try again after retryAfterMs.',
    });
  }

  async #drain(): Promise<void> {
    let openGate = (): void => undefined;
    this.#gate = new Promise((resolve) => {
      openGate = resolve;
    });
    const long = (): boolean => this.#walBytes() > this.#limits.softWalBytes;
    try {
      await this.#emptied();
      for (let round = 0; round < DRAIN_ROUNDS && long(); round += 1) {
        for (const snapshot of [...this.#open]) await this.#refresh(snapshot);
        await this.#truncateWal();
      }
      if (long() && this.#open.size > 0) this.#drainAgainAt = Date.now() + DRAIN_PAUSE_MS;
    } finally {
      this.#gate = undefined;
      openGate();
    }
  }

  /** Resolves when no snapshot is open, or after a while. */
  async #emptied(): Promise<void> {
    if (this.#open.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      timer = setTimeout(resolve, DRAIN_MS);
    });
    clearTimeout(timer);
    this.#onEmpty = () => undefined;
  }

  async #refresh(snapshot: Snapshot): Promise<void> {
    if (!this.#open.has(snapshot)) return;
    try {
      const refreshed = await snapshot.reader.transaction('refreshSnapshot', { id: snapshot.id });
      if (!refreshed) {
        await this.#giveUp(snapshot, 'the snapshot was old, and what it had read has changed');
        return;
      }
      this.#refreshed += 1;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      await this.#giveUp(snapshot, `the snapshot could not be moved to a newer commit: ${why}`);
    }
  }

  async #giveUp(snapshot: Snapshot, reason: string): Promise<void> {
    // Its transaction may have ended meanwhile.
    if (!this.#open.has(snapshot)) return;
    snapshot.lost = reason;
    this.#aborted += 1;
    await this.release(snapshot);
  }

  #forget(snapshot: Snapshot): void {
    if (!this.#open.delete(snapshot)) return;
    snapshot.reader.snapshots -= 1;
    if (this.#open.size > 0) return;
    this.stop();
    this.#onEmpty();
  }

  #watch(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.enforce(), LOOK_EVERY_MS);
    this.#timer.unref();
  }
}
