import type { EngineParts, Scope } from './engine-parts.ts';
import { readInteger, readText } from './field-rules.ts';
import type { Health, Statistics } from './figures.ts';
import { engineHealth } from './health.ts';
import { IssueCollector } from './issue-collector.ts';
import type { MemoryOperations } from './memory-operations.ts';
import { importRecords, storeMany } from './namespace-batches.ts';
import { changes, watchChanges } from './namespace-changes.ts';
import { getContext } from './namespace-context.ts';
import { diff, history, restore } from './namespace-history.ts';
import { cancelJob, findJob, whenJobEnded } from './namespace-jobs.ts';
import { importLinks, link, unlink } from './namespace-links.ts';
import { list } from './namespace-list.ts';
import { get, getMany, personas } from './namespace-reads.ts';
import { recall } from './namespace-recall.ts';
import { related } from './namespace-related.ts';
import { storeResult } from './namespace-results.ts';
import { transact } from './namespace-transact.ts';
import {
  BodyFailure,
  beginTransaction,
  findTransaction,
  runTransaction,
} from './namespace-transactions.ts';
import { append, assertVersion, increment, remove, store, update } from './namespace-writes.ts';
import { applyOptimizations } from './optimizations.ts';
import { engineStatistics, status } from './status.ts';

/** Milliseconds between two samples that a subscriber may ask for. */
const MIN_SAMPLE_INTERVAL_MS = 250;
const MAX_SAMPLE_INTERVAL_MS = 60_000;

/**
 * The operations on one namespace of an open engine; light, made anew for every caller. Each method names and frames an
 * operation whose work stands in the file of its subject.
 */
export function openNamespace(engine: EngineParts, name: string): MemoryOperations {
  const issues = new IssueCollector();
  const namespace = readText(issues, name, ['namespace'], 'namespace');
  issues.throwIfAny();
  const enter = (inside: EngineParts): MemoryOperations => openNamespace(inside, namespace);
  const scope: Scope = { engine, namespace, enter };
  const { runner } = engine;
  return {
    namespace,
    store: (input, options) => runner.run('store', () => store(scope, input, options)),
    storeMany: (items, options) => runner.run('storeMany', () => storeMany(scope, items, options)),
    importRecords: (items) => runner.run('import', () => importRecords(scope, items)),
    importLinks: (links) => runner.run('import', () => importLinks(scope, links)),
    update: (input, options) => runner.run('update', () => update(scope, input, options)),
    increment: (input, options) => runner.run('increment', () => increment(scope, input, options)),
    append: (input, options) => runner.run('append', () => append(scope, input, options)),
    delete: (input, options) => runner.run('delete', () => remove(scope, input, options)),
    link: (input, options) => runner.run('link', () => link(scope, input, options)),
    unlink: (input, options) => runner.run('unlink', () => unlink(scope, input, options)),
    related: (input) => runner.run('related', () => related(scope, input)),
    get: (target, options) => runner.run('get', () => get(scope, target, options)),
    getMany: (targets, options) => runner.run('getMany', () => getMany(scope, targets, options)),
    list: (input) => runner.run('list', () => list(scope, input)),
    history: (input) => runner.run('history', () => history(scope, input)),
    restore: (input, options) => runner.run('restore', () => restore(scope, input, options)),
    diff: (input) => runner.run('diff', () => diff(scope, input)),
    recall: (input) => runner.run('recall', () => recall(scope, input)),
    embeddingStates: (ids) =>
      runner.run('embeddingStates', () => engine.embeddings.states(namespace, ids)),
    indexed: (options) =>
      runner.run('indexed', () =>
        engine.embeddings.whenIndexed(
          Date.now() + (options?.timeoutMs ?? engine.options.operationTimeoutMs),
        ),
      ),
    reindex: (target = 'vectors') => engine.indexes.start(target),
    backup: (input) => engine.backups.begin(input),
    backups: () => runner.run('backups', () => engine.backups.list()),
    jobs: () => engine.jobs.list(),
    job: (id) => findJob(engine.jobs, id),
    whenJobEnded: (id) => whenJobEnded(engine.jobs, id),
    cancelJob: (id) => cancelJob(engine.jobs, id),
    getContext: (persona, task, options) =>
      runner.run('getContext', () => getContext(scope, persona, task, options)),
    storeResult: (input, options) =>
      runner.run('storeResult', () => storeResult(scope, input, options)),
    applyOptimizations: (plan) =>
      runner.run('applyOptimizations', () => applyOptimizations(scope, plan)),
    personas: (names) => runner.run('personas', () => personas(scope, names)),
    changes: (input) => runner.run('changes', () => changes(scope, input)),
    watchChanges: (input) => watchChanges(scope, input),
    assertVersion: (input) => runner.run('assertVersion', () => assertVersion(scope, input)),
    beginTransaction: (options) =>
      runner.run('beginTransaction', () => beginTransaction(scope, options)),
    findTransaction: (id) => findTransaction(scope, id),
    runTransaction: (body, options) =>
      runner
        .run('transaction', () => runTransaction(scope, body, options))
        .catch((error: unknown) => {
          throw error instanceof BodyFailure ? error.cause : error;
        }),
    transact: (steps, options) => runner.run('transact', () => transact(scope, steps, options)),
    transactions: () => engine.transactions.list(namespace),
    transactionStatistics: () => engine.transactions.statistics(),
    status: () => runner.run('status', () => status(scope)),
    statistics: () => runner.run('statistics', () => engineStatistics(engine)),
    watchStatistics: ({ intervalMs, signal }) => watchStatistics(engine, intervalMs, signal),
    health: (): Health => engineHealth(engine),
    inspectParticipants: () =>
      runner.run('inspectParticipants', async () => {
        const { participants } = engine.backend;
        if (participants === null) return [];
        await engine.backend.probe();
        return await participants.inspect();
      }),
  };
}

/** A bad interval is thrown at the first `next`. */
function watchStatistics(
  { streams, sampler }: EngineParts,
  intervalMs: number,
  outer: AbortSignal | undefined,
): AsyncIterableIterator<Statistics> {
  return streams.open(outer, async function* (signal) {
    const issues = new IssueCollector();
    const interval = readInteger(
      issues,
      intervalMs,
      ['intervalMs'],
      MIN_SAMPLE_INTERVAL_MS,
      MAX_SAMPLE_INTERVAL_MS,
    );
    issues.throwIfAny();
    yield* sampler.watch(interval, signal);
  });
}
