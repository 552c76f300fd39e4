import type { MessagePort } from 'node:worker_threads';
import { sharedNow } from '../engine-tracer.ts';
import { MemoryConnectionError } from '../errors.ts';
import { StatementMetrics } from '../metrics/statement-metrics.ts';
import { findOutcome } from '../sqlite/lost-acknowledgement.ts';
import { openReader } from '../sqlite/open-reader.ts';
import { ReadSession } from '../sqlite/read-session.ts';
import { toMemoryError } from '../sqlite/sqlite-errors.ts';
import { StatementCache } from '../sqlite/statement-cache.ts';
import { TransactionSessions } from '../sqlite/transaction-sessions.ts';
import { runStep } from '../sqlite/transaction-step.ts';
import { WriteSession } from '../sqlite/write-session.ts';
import { toWireError } from './error-transfer.ts';
import { isList, packOutcome, unpackStore } from './packed-store.ts';
import {
  type MethodTable,
  NOT_OPEN,
  type ReadAnswer,
  type ReadReply,
  type ReadRequest,
  type SlowStatementNote,
  type ThreadCall,
  type ThreadOptions,
  type ThreadReply,
  type ThreadStatistics,
} from './protocol.ts';

/*
 * Entry of every database thread. The database is opened by the call `open`, never at import: a thread that throws while
 * loading would stop Piscina from ever keeping its minimum again. One thread serves one role for life.
 */

/**
 * A batch gives its replies back after this long, so that quick reads do not wait for slow ones behind them, and the main thread works
 * on the first answers while this one makes the next. Measured with lists by 8 connections: half of it costs 12 % more CPU, since more
 * messages travel; with ten times as much the threads wait for each other, and 9 % fewer requests are answered.
 */
const BATCH_BUDGET_MS = 1;
/** Slow statements reported with one reply; more tell nothing new. */
const MAX_SLOW_NOTES = 16;

const slow: SlowStatementNote[] = [];

function createMetrics(options: ThreadOptions): StatementMetrics {
  return new StatementMetrics({
    slowQueryMs: options.slowQueryMs,
    onSlow: (statement) => {
      if (slow.length < MAX_SLOW_NOTES) slow.push(statement);
    },
  });
}

function createWriter(): MethodTable<'writer'> {
  let session: WriteSession | undefined;
  let checkpointDue = false;
  const opened = (): WriteSession => must(session);
  const checkpoint = (): void => {
    if (checkpointDue) session?.checkpointIfNeeded();
    checkpointDue = false;
  };
  return {
    open: (options) => {
      session ??= new WriteSession(options, createMetrics(options));
      return session.info;
    },
    commitGroup: ({ units }) => {
      // A group that was sent ahead is taken before the event loop gets to the checkpoint that the one before it left.
      checkpoint();
      const group = opened().commitGroup(units.map(unpackStore));
      // After this reply was sent.
      checkpointDue = true;
      setImmediate(checkpoint);
      return {
        ...group,
        results: group.results.map((result, index) => {
          if ('error' in result) return { error: toWireError(result.error) };
          return isList(units[index]) ? { outcome: packOutcome(result.outcome) } : result;
        }),
      };
    },
    touch: ({ namespace, touches }) => {
      opened().touch(namespace, touches);
      return null;
    },
    findExpired: ({ now, limit }) => opened().findExpired(now, limit),
    findOutcome: ({ unit, afterSeq }) => {
      const { statements, info } = opened();
      const found = findOutcome(statements, unit, afterSeq);
      return found === undefined ? null : { ...found, cacheEpoch: info.cacheEpoch };
    },
    rebuildText: ({ afterId, limit }) => opened().rebuildText(afterId, limit),
    settleOutbox: (settlement) => {
      opened().outbox.settle(settlement);
      return null;
    },
    bumpCacheEpoch: () => opened().outbox.bumpCacheEpoch(),
    requestPublications: ({ all }) => opened().outbox.requestPublications(all),
    saveEmbeddings: ({ answers }) => opened().saveEmbeddings(answers),
    healVectors: ({ memoryIds }) => opened().healVectors(memoryIds),
    quarantine: ({ reason }) => {
      opened().quarantine(reason);
      return null;
    },
    completeEmbedder: () => {
      opened().completeEmbedder();
      return null;
    },
    reserveIds: ({ count }) => opened().reserveIds(count),
    truncateWal: () => {
      opened().truncateWal();
      return null;
    },
    prune: (retention) => opened().prune(retention),
    optimize: () => opened().optimize(),
    probe: () => {
      opened().probe();
      return null;
    },
    statistics: () =>
      statistics(opened().exportStatements(), opened().statements, opened().checkpoints),
    close: () => {
      session?.close();
      session = undefined;
      return null;
    },
  };
}

function createReader(): MethodTable<'reader'> {
  let session: ReadSession | undefined;
  let transactions: TransactionSessions | undefined;
  let close = (): void => undefined;
  const opened = (): ReadSession => must(session);
  return {
    open: (options) => {
      if (session !== undefined) return null;
      const { database, release } = openReader(options);
      const metrics = createMetrics(options);
      session = new ReadSession(database, new StatementCache(database), metrics, options.path);
      transactions = new TransactionSessions(options, metrics);
      close = () => {
        transactions?.close();
        database.close();
        release();
      };
      return null;
    },
    beginSnapshot: ({ id, namespace, level }) => must(transactions).begin(id, namespace, level),
    transactionStep: (step) => runStep(must(transactions), step),
    validation: ({ id, generation, from, log }) => {
      const snapshot = must(transactions).pinned(id);
      snapshot.sync(generation, from, log);
      return snapshot.validation();
    },
    refreshSnapshot: ({ id }) => {
      const refreshed = must(transactions).pinned(id).refresh();
      if (!refreshed) must(transactions).end(id);
      return refreshed;
    },
    endSnapshot: ({ id }) => {
      transactions?.end(id);
      return null;
    },
    batch: ({ requests, timed }) => {
      const start = performance.now();
      let lastAt = start;
      const replies: ReadReply[] = [];
      const reads = opened();
      for (const request of requests) {
        const startedAt = timed ? sharedNow() : 0;
        const answered = answer(reads, request);
        const now = performance.now();
        const reply: ReadReply = { ...answered, tookMs: now - lastAt };
        lastAt = now;
        replies.push(timed ? { ...reply, timing: { startedAt, endedAt: sharedNow() } } : reply);
        if (lastAt - start > BATCH_BUDGET_MS) break;
      }
      return replies;
    },
    probe: () => {
      opened().statements.row('SELECT csn FROM engine_meta WHERE id = 1');
      return null;
    },
    statistics: () => statistics(opened().metrics.export(), opened().statements, 0),
    close: () => {
      close();
      session = undefined;
      return null;
    },
  };
}

const tables = { writer: createWriter(), reader: createReader() };

/** Called by Piscina once: from then on calls come through the port. */
export function connect({ port }: { readonly port: MessagePort }): void {
  port.on('message', (call: ThreadCall) => port.postMessage(handle(call)));
}

/** Never throws: an error becomes part of the reply. */
function handle(call: ThreadCall): ThreadReply {
  if (!call.timed) return run(call);
  const startedAt = sharedNow();
  const reply = run(call);
  return { ...reply, timing: { startedAt, endedAt: sharedNow() } };
}

function run({ id, role, method, args }: ThreadCall): ThreadReply {
  try {
    const table = tables[role] as Readonly<
      Record<string, ((args: unknown) => unknown) | undefined>
    >;
    const result = table[method]?.(args);
    return { id, ok: true, result, slow: slow.splice(0) };
  } catch (error) {
    return { id, ok: false, error: toWireError(toMemoryError(error)), slow: slow.splice(0) };
  }
}

function answer(reads: ReadSession, request: ReadRequest): ReadAnswer {
  const { kind, args, deadline } = request;
  try {
    const packed =
      kind === 'list' || kind === 'getMany' ? reads.readPacked(request, deadline) : null;
    return packed === null ? { result: reads.read(kind, args, deadline) } : { packed };
  } catch (error) {
    return { error: toWireError(error) };
  }
}

function statistics(
  statements: ThreadStatistics['statements'],
  cache: StatementCache,
  checkpoints: number,
): ThreadStatistics {
  return {
    statements,
    cache: { hits: cache.hits, misses: cache.misses, size: cache.size },
    checkpoints,
  };
}

function must<T>(session: T | undefined): T {
  if (session === undefined)
    throw new MemoryConnectionError('this thread has not opened its database yet', {
      data: { reason: NOT_OPEN },
    });
  return session;
}
