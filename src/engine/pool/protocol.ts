import type { Commit, Retention, Touch } from '../backends/backend.ts';
import type { EmbeddedText } from '../backends/embedded-text.ts';
import type { Settlement } from '../backends/outbox-store.ts';
import type { PackedPage } from '../backends/packed-page.ts';
import type { ReadKind, ReadMap } from '../backends/read-map.ts';
import type { ThreadTiming } from '../engine-tracer.ts';
import type { StatementExport } from '../metrics/statement-metrics.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import type { Validation } from '../model/validation.ts';
import type { DatabaseOptions } from '../sqlite/database.ts';
import type { FoundOutcome } from '../sqlite/lost-acknowledgement.ts';
import type { ExpiredMemory } from '../sqlite/memories.ts';
import type { TextSlice } from '../sqlite/text-rebuild.ts';
import type { TransactionLevel } from '../sqlite/transaction-session.ts';
import type { TransactionStep } from '../sqlite/transaction-step.ts';
import type { WriteSessionInfo } from '../sqlite/write-session-info.ts';
import type { WireError } from './error-transfer.ts';
import type { PackedOutcome, PackedStore } from './packed-store.ts';

/*
 * The typed border between the main thread and the database threads: method maps from which requests, replies and the
 * threads' tables are derived. Everything here is structured-clone safe; errors travel as WireError, because an Error
 * that crosses Piscina arrives as a plain object without message or class.
 */

/** `data.reason` of the error of a thread that was never told to open its database. */
export const NOT_OPEN = 'not_open';

export interface ThreadOptions extends DatabaseOptions {
  readonly slowQueryMs: number;
}

export interface SlowStatementNote {
  readonly name: string;
  readonly durationMs: number;
  readonly rows: number;
}

/** Figures of one thread since its start. */
export interface ThreadStatistics {
  readonly statements: readonly StatementExport[];
  readonly cache: { readonly hits: number; readonly misses: number; readonly size: number };
  readonly checkpoints: number;
}

export type WireUnitResult =
  | { readonly outcome: UnitOutcome | PackedOutcome }
  | { readonly error: WireError };

export interface WriterMethods {
  open: { args: ThreadOptions; result: WriteSessionInfo };
  commitGroup: {
    args: { readonly units: readonly (WriteUnit | PackedStore)[] };
    result: {
      readonly results: readonly WireUnitResult[];
      readonly csn: number;
      readonly headSeq: number;
      readonly cacheEpoch: number;
      readonly commitMs: number;
    };
  };
  touch: { args: { readonly namespace: string; readonly touches: readonly Touch[] }; result: null };
  findExpired: {
    args: { readonly now: number; readonly limit: number };
    result: readonly ExpiredMemory[];
  };
  findOutcome: {
    args: { readonly unit: WriteUnit; readonly afterSeq: number };
    /** With the cache epoch as it is now. */
    result: (FoundOutcome & { readonly cacheEpoch: number }) | null;
  };
  rebuildText: {
    args: { readonly afterId: number; readonly limit: number };
    result: TextSlice;
  };
  settleOutbox: { args: Settlement; result: null };
  bumpCacheEpoch: { args: null; result: number };
  requestPublications: { args: { readonly all: boolean }; result: number };
  saveEmbeddings: {
    args: { readonly answers: readonly EmbeddedText[] };
    result: Commit['touched'];
  };
  healVectors: { args: { readonly memoryIds: readonly number[] }; result: Commit['touched'] };
  /** Refuses writes from now on. */
  quarantine: { args: { readonly reason: string }; result: null };
  completeEmbedder: { args: null; result: null };
  reserveIds: { args: { readonly count: number }; result: number };
  /** Folds the WAL back and cuts its file down, as far as no reader is in the way. */
  truncateWal: { args: null; result: null };
  prune: { args: Retention; result: number };
  optimize: { args: null; result: readonly string[] };
  probe: { args: null; result: null };
  statistics: { args: null; result: ThreadStatistics };
  close: { args: null; result: null };
}

/** One read inside a batch. */
export type ReadRequest = {
  readonly [K in ReadKind]: {
    readonly kind: K;
    readonly args: ReadMap[K]['args'];
    readonly deadline: number;
  };
}[ReadKind];

export type ReadAnswer =
  | { readonly result: ReadMap[ReadKind]['result'] }
  /** Of a list, or of one memory as a page of at most one. */
  | { readonly packed: PackedPage }
  | { readonly error: WireError };

export type ReadReply = ReadAnswer & {
  /** How long the thread worked on it. */
  readonly tookMs: number;
  /** Only in a timed batch. */
  readonly timing?: ThreadTiming | undefined;
};

export interface ReaderMethods {
  open: { args: ThreadOptions; result: null };
  /** Replies for the first requests, at least one; what is missing was not started and goes into the next batch. */
  batch: {
    args: { readonly requests: readonly ReadRequest[]; readonly timed: boolean };
    result: readonly ReadReply[];
  };
  /** Pins a snapshot under a name; the answer is its commit number. */
  beginSnapshot: {
    args: { readonly id: string; readonly namespace: string; readonly level: TransactionLevel };
    result: number;
  };
  transactionStep: { args: TransactionStep; result: unknown };
  validation: {
    args: Pick<TransactionStep, 'generation' | 'from' | 'log'> & { readonly id: string };
    result: Validation;
  };
  /** False: something it had read changed, and the snapshot is gone. */
  refreshSnapshot: { args: { readonly id: string }; result: boolean };
  endSnapshot: { args: { readonly id: string }; result: null };
  probe: { args: null; result: null };
  statistics: { args: null; result: ThreadStatistics };
  close: { args: null; result: null };
}

export interface ThreadMethods {
  writer: WriterMethods;
  reader: ReaderMethods;
}
export type ThreadRole = keyof ThreadMethods;
export type MethodOf<R extends ThreadRole> = keyof ThreadMethods[R] & string;
export type ArgsOf<R extends ThreadRole, M extends MethodOf<R>> = ThreadMethods[R][M] extends {
  args: infer A;
}
  ? A
  : never;
export type ResultOf<R extends ThreadRole, M extends MethodOf<R>> = ThreadMethods[R][M] extends {
  result: infer T;
}
  ? T
  : never;

/** What a thread has to offer for a role. */
export type MethodTable<R extends ThreadRole> = {
  readonly [M in MethodOf<R>]: (args: ArgsOf<R, M>) => ResultOf<R, M>;
};

export interface ThreadCall {
  /** Chosen by the caller; the reply names it. */
  readonly id: number;
  readonly role: ThreadRole;
  readonly method: string;
  readonly args: unknown;
  /** The reply should tell when the thread worked on it. */
  readonly timed: boolean;
}

export type ThreadReply = (
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: WireError }
) & {
  readonly id: number;
  readonly slow: readonly SlowStatementNote[];
  readonly timing?: ThreadTiming | undefined;
};
