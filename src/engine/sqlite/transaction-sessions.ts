import { instantEmbedder } from '../embedding/embedder-setup.ts';
import { OverloadedError, SnapshotTooOldError } from '../errors.ts';
import type { StatementMetrics } from '../metrics/statement-metrics.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { OwnVectors } from './own-vectors.ts';
import { type TransactionLevel, TransactionSession } from './transaction-session.ts';

/** A pinned connection costs at most a megabyte of page cache; interactive sessions are worth sixty-four of them. */
export const MAX_SNAPSHOTS_PER_READER = 64;
/** Connections kept for the next transaction: pinning again costs 14 µs, opening one with its TEMP tables a millisecond. */
const MAX_IDLE = MAX_SNAPSHOTS_PER_READER;
/** KiB of page cache of each, negative as SQLite wants it. */
const SESSION_CACHE = -1_000;

/** The transaction connections of one reader thread: one for READ_COMMITTED, one per pinned snapshot, a few idle. */
export class TransactionSessions {
  readonly #options: DatabaseOptions;
  readonly #metrics: StatementMetrics;
  readonly #ownVectors: OwnVectors;
  readonly #pinned = new Map<string, TransactionSession>();
  readonly #idle: TransactionSession[] = [];
  #shared: TransactionSession | undefined;

  constructor(options: DatabaseOptions, metrics: StatementMetrics) {
    this.#options = options;
    this.#metrics = metrics;
    this.#ownVectors = new OwnVectors(instantEmbedder(options.embedder));
  }

  /** Serves every READ_COMMITTED transaction, one step at a time. */
  get unpinned(): TransactionSession {
    this.#shared ??= this.#open();
    return this.#shared;
  }

  /** Returns the commit number of the snapshot. */
  begin(id: string, namespace: string, level: TransactionLevel): number {
    if (this.#pinned.size >= MAX_SNAPSHOTS_PER_READER) {
      throw new OverloadedError('too many snapshots are open', 100, {
        data: { open: this.#pinned.size, max: MAX_SNAPSHOTS_PER_READER },
        remedy: 'End other transactions, or use READ_COMMITTED.',
      });
    }
    const session = this.#idle.pop() ?? this.#open();
    const csn = session.begin(namespace, level);
    this.#pinned.set(id, session);
    return csn;
  }

  /** SnapshotTooOldError when it was given up, by the policy or with the thread that held it. */
  pinned(id: string): TransactionSession {
    const session = this.#pinned.get(id);
    if (session !== undefined) return session;
    throw new SnapshotTooOldError('the snapshot of the transaction was given up', {
      remedy: 'Run the whole transaction again.',
    });
  }

  end(id: string): void {
    const session = this.#pinned.get(id);
    if (session === undefined) return;
    this.#pinned.delete(id);
    session.end();
    if (this.#idle.length < MAX_IDLE) this.#idle.push(session);
    else session.close();
  }

  close(): void {
    for (const session of [...this.#pinned.values(), ...this.#idle.splice(0)]) session.close();
    this.#pinned.clear();
    this.#shared?.close();
    this.#shared = undefined;
  }

  #open(): TransactionSession {
    const database = openDatabase(this.#options);
    database.pragma(`cache_size = ${SESSION_CACHE}`);
    return new TransactionSession(database, this.#metrics, this.#ownVectors);
  }
}
