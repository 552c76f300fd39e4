import { type PackedPage, packedCount } from '../backends/packed-page.ts';
import type { ReadKind, ReadMap } from '../backends/read-map.ts';
import { MemoryTimeoutError } from '../errors.ts';
import type { StatementMetrics } from '../metrics/statement-metrics.ts';
import { readChanges } from './change-log.ts';
import { CodeCache } from './code-cache.ts';
import type { SqliteDatabase } from './database.ts';
import { DeadlineClock } from './deadline-clock.ts';
import { findDuplicates, toDuplicates } from './duplicates.ts';
import { readEmbeddingStates, readEmbeddingSummary, readUnembedded } from './embedding-reads.ts';
import { findMemories, getMemories, getText } from './get-memories.ts';
import { HistoryClock } from './history-clock.ts';
import { listMemoriesAsOf } from './history-list.ts';
import { getMemoriesAsOf } from './history-state.ts';
import { readHistory, readVersions } from './history-versions.ts';
import { listMemories, listTexts } from './list.ts';
import { MemoryGroups } from './memory-groups.ts';
import { countWork, readWork } from './outbox.ts';
import { isOwned } from './owner-lock.ts';
import { readPersonas } from './personas.ts';
import { countPublished, readLiveRecords } from './publications.ts';
import { RankingRows } from './ranking-rows.ts';
import { recall } from './recall.ts';
import { readLinks } from './related-links.ts';
import { readSimilar } from './similar.ts';
import { toMemoryError } from './sqlite-errors.ts';
import type { StatementCache } from './statement-cache.ts';
import { readStoreIdentity } from './store-identity.ts';
import { readStale, readSummary } from './summary.ts';
import { TermCounts } from './term-counts.ts';
import { readTouchedSince } from './touched-since.ts';

type Readers = { readonly [K in ReadKind]: (args: ReadMap[K]['args']) => ReadMap[K]['result'] };

/** What `readPacked` may have an answer for. */
export type PackedRequest = {
  readonly [K in 'list' | 'getMany']: { readonly kind: K; readonly args: ReadMap[K]['args'] };
}['list' | 'getMany'];

/** Answers reads on one connection, each from one snapshot. */
export class ReadSession {
  readonly #database: SqliteDatabase;
  readonly #clock: DeadlineClock;
  readonly #readers: Readers;
  readonly statements: StatementCache;
  readonly metrics: StatementMetrics;

  constructor(
    database: SqliteDatabase,
    statements: StatementCache,
    metrics: StatementMetrics,
    path: string,
  ) {
    this.#database = database;
    this.#clock = new DeadlineClock(database);
    this.statements = statements;
    this.metrics = metrics;
    const counts = new TermCounts();
    const codes = new CodeCache();
    const groups = new MemoryGroups(database, this.#clock);
    const kept = { codes, groups, ranking: new RankingRows() };
    const historyClock = new HistoryClock();
    this.#readers = {
      getMany: (args) => getMemories(statements, args),
      list: (args) => listMemories(statements, args),
      recall: (args) => recall(statements, args, counts, kept),
      changes: (args) => readChanges(statements, args),
      getManyAsOf: (args) => getMemoriesAsOf(statements, historyClock, args),
      listAsOf: (args) => listMemoriesAsOf(statements, historyClock, args),
      history: (args) => readHistory(statements, args),
      versions: (args) => readVersions(statements, args),
      links: (args) =>
        readLinks(statements, args, (targets) => findMemories(statements, args.namespace, targets)),
      similar: (args) => readSimilar(statements, args, codes),
      duplicates: (args) => toDuplicates(findDuplicates(statements, args)),
      personas: (args) => readPersonas(statements, args.namespace, args.names),
      stale: (args) => readStale(statements, args),
      embeddingStates: (args) => readEmbeddingStates(statements, args),
      unembedded: (args) => readUnembedded(statements, args),
      outbox: (args) => readWork(statements, args),
      outboxCounts: () => countWork(statements),
      liveRecords: ({ records }) => readLiveRecords(statements, records),
      publishedCount: () => countPublished(statements),
      embeddingSummary: () => readEmbeddingSummary(statements),
      summary: (args) => readSummary(statements, path, args),
      storeIdentity: () => readStoreIdentity(database, statements, path),
      isOwned: () => isOwned(path),
      touchedSince: (args) => readTouchedSince(database, statements, path, args),
    };
  }

  /** Errors: MemoryTimeoutError past the deadline, MemoryDataCorruptionError for a bad checksum. */
  read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    deadline: number | undefined,
  ): ReadMap[K]['result'] {
    return this.#measured(kind, deadline, rowsOf, () =>
      this.#inSnapshot(() => this.#readers[kind](args)),
    );
  }

  /**
   * What is asked for ready to travel: a page, or one memory as a page of at most one. null when it must be read as records: several
   * memories, or rows that do not match their checksums. Errors as `read`.
   */
  readPacked(request: PackedRequest, deadline: number | undefined): PackedPage | null {
    if (request.kind === 'list') {
      const read = (): PackedPage | null => listTexts(this.statements, request.args);
      // Without a total it is one statement, which is a snapshot of its own.
      const inSnapshot = request.args.withTotal ? () => this.#inSnapshot(read) : read;
      return this.#measured('list', deadline, countOf, inSnapshot);
    }
    const { namespace, targets, now } = request.args;
    const [target] = targets;
    if (target === undefined || targets.length > 1) return null;
    return this.#measured('getMany', deadline, countOf, () =>
      getText(this.statements, namespace, target, now),
    );
  }

  #measured<T>(
    kind: ReadKind,
    deadline: number | undefined,
    rowsOf: (result: T) => number,
    read: () => T,
  ): T {
    if (deadline !== undefined && Date.now() > deadline)
      throw new MemoryTimeoutError('the deadline passed before the read was started');
    this.#clock.set(deadline);
    const start = performance.now();
    let rows = 0;
    try {
      const result = read();
      rows = rowsOf(result);
      return result;
    } catch (error) {
      throw toMemoryError(error);
    } finally {
      this.metrics.record(kind, performance.now() - start, rows);
    }
  }

  /** A read may take several statements; without a transaction each would see its own state. */
  #inSnapshot<T>(read: () => T): T {
    if (this.#database.inTransaction) return read();
    this.statements.run('BEGIN');
    try {
      return read();
    } finally {
      if (this.#database.inTransaction) this.statements.run('COMMIT');
    }
  }
}

function countOf(page: PackedPage | null): number {
  return page === null ? 0 : packedCount(page);
}

function rowsOf(result: unknown): number {
  if (Array.isArray(result)) return result.length;
  if (typeof result !== 'object' || result === null) return 0;
  const list = Object.values(result).find(Array.isArray);
  return list?.length ?? 1;
}
