import type { CacheStatistics, OperationStatistics } from '../../engine/index.ts';
import { counter, type EngineFigures, gauge, latency, type Metric } from './metric.ts';

function perOperation<T>(read: (operation: OperationStatistics) => T) {
  return ({ statistics }: EngineFigures) =>
    statistics.operations.map((operation) => [operation.name, read(operation)] as const);
}

function perCache(read: (cache: CacheStatistics) => number) {
  return ({ statistics }: EngineFigures) =>
    statistics.caches.map((cache) => [cache.name, read(cache)] as const);
}

/** What the engine does for its callers. */
export const ENGINE_METRICS: readonly Metric[] = [
  gauge(
    'trinitas_info',
    'Always 1; the label tells the version.',
    ({ status }) => [[status.version, 1]],
    'version',
  ),
  gauge(
    'trinitas_role',
    'Always 1; the label tells whether this process is the OWNER of its database or a REPLICA.',
    ({ statistics }) => [[statistics.role, 1]],
    'role',
  ),
  gauge('trinitas_uptime_seconds', 'Time since the engine was opened.', ({ statistics }) => {
    return statistics.uptimeSeconds;
  }),
  counter(
    'trinitas_operations_total',
    'Operations of the engine that have ended, failed ones included.',
    perOperation(({ count }) => count),
    'operation',
  ),
  counter(
    'trinitas_operation_errors_total',
    'Operations of the engine that ended with an error, refusals of bad input included.',
    perOperation(({ errors }) => errors),
    'operation',
  ),
  gauge(
    'trinitas_operations_per_second',
    'Operations per second over the last seconds.',
    perOperation(({ rate }) => rate),
    'operation',
  ),
  latency(
    'trinitas_operation_duration_seconds',
    'Time of an operation from its call to its answer, since the engine was opened.',
    perOperation((operation) => operation.latency),
    'operation',
  ),
  gauge('trinitas_transactions_active', 'Transactions that are open.', ({ statistics }) => {
    return statistics.transactions.active;
  }),
  gauge(
    'trinitas_transactions_by_state',
    'Open transactions by their state.',
    ({ statistics }) => Object.entries(statistics.transactions.activeByState),
    'state',
  ),
  counter(
    'trinitas_transactions_ended_total',
    'Transactions that have ended, by how.',
    ({ statistics: { transactions } }) => [
      ['committed', transactions.committed],
      ['rolled_back', transactions.rolledBack],
      ['timed_out', transactions.timedOut],
    ],
    'outcome',
  ),
  counter(
    'trinitas_transaction_conflicts_total',
    'Commits refused because another transaction was first.',
    ({ statistics }) => statistics.transactions.conflicts,
  ),
  counter(
    'trinitas_transaction_retries_total',
    'Transactions run again after a conflict.',
    ({ statistics }) => statistics.transactions.retries,
  ),
  gauge(
    'trinitas_cache_entries',
    'Answers in the cache.',
    perCache(({ size }) => size),
    'cache',
  ),
  gauge(
    'trinitas_cache_entries_limit',
    'Answers the cache may hold.',
    perCache(({ maxSize }) => maxSize),
    'cache',
  ),
  counter(
    'trinitas_cache_hits_total',
    'Look-ups answered by the cache.',
    perCache(({ hits }) => hits),
    'cache',
  ),
  counter(
    'trinitas_cache_misses_total',
    'Look-ups the cache could not answer.',
    perCache(({ misses }) => misses),
    'cache',
  ),
  counter(
    'trinitas_cache_evictions_total',
    'Answers that gave way to newer ones.',
    perCache(({ evictions }) => evictions),
    'cache',
  ),
  counter(
    'trinitas_cache_invalidations_total',
    'Answers forgotten because of a write.',
    perCache(({ invalidations }) => invalidations),
    'cache',
  ),
  latency(
    'trinitas_event_loop_lag_seconds',
    'How late the event loop of the main thread ran its timers.',
    ({ statistics }) => statistics.eventLoopLag,
  ),
  gauge('trinitas_subscribers', 'Open streams of changes and statistics.', ({ statistics }) => {
    return statistics.subscribers;
  }),
  gauge(
    'trinitas_memories',
    'Memories of the namespace default, by section.',
    ({ status }) => status.sections.map(({ section, count }) => [section, count]),
    'section',
  ),
  gauge(
    'trinitas_embeddings',
    'Vectors of all namespaces by state; outdated ones are of an earlier model.',
    ({ status: { embedding } }) => [
      ['ready', embedding.ready],
      ['pending', embedding.pending],
      ['failed', embedding.failed],
      ['outdated', embedding.outdated],
    ],
    'state',
  ),
];
