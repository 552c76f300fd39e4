import type {
  ConnectionStatistics,
  PoolStatistics,
  StatementStatistics,
} from '../../engine/index.ts';
import { counter, type EngineFigures, gauge, latency, type Metric } from './metric.ts';

const MS_PER_SECOND = 1000;
const PERCENT = 100;

function perPool<T>(read: (pool: PoolStatistics) => T) {
  return ({ statistics }: EngineFigures) =>
    statistics.backend.pools.map((pool) => [pool.name, read(pool)] as const);
}

function perConnection(read: (connection: ConnectionStatistics) => number) {
  return ({ statistics }: EngineFigures) =>
    statistics.backend.pools.flatMap(({ connections }) =>
      connections.map((connection) => [connection.name, read(connection)] as const),
    );
}

function perStatement(read: (statement: StatementStatistics) => number) {
  return ({ statistics }: EngineFigures) =>
    statistics.backend.statements.map((statement) => [statement.name, read(statement)] as const);
}

/** What happens between the engine and the file. */
export const STORE_METRICS: readonly Metric[] = [
  gauge(
    'trinitas_pool_connections',
    'Connections of the pool.',
    perPool(({ size }) => size),
    'pool',
  ),
  gauge(
    'trinitas_pool_connections_busy',
    'Connections at work.',
    perPool(({ busy }) => busy),
    'pool',
  ),
  gauge(
    'trinitas_pool_utilization_ratio',
    'Share of their time the connections worked since figures were last taken, 0 to 1.',
    perPool(({ utilization }) => utilization / PERCENT),
    'pool',
  ),
  gauge(
    'trinitas_pool_queue_requests',
    'Requests that wait for a connection.',
    perPool(({ queued }) => queued),
    'pool',
  ),
  gauge(
    'trinitas_pool_queue_bytes',
    'Bytes of the writes that wait.',
    perPool(({ queuedBytes }) => queuedBytes),
    'pool',
  ),
  gauge(
    'trinitas_pool_queue_requests_limit',
    'Waiting requests from which on more are refused.',
    perPool(({ maxQueue }) => maxQueue),
    'pool',
  ),
  counter(
    'trinitas_pool_waits_total',
    'Requests that had to wait for a connection.',
    perPool(({ waits }) => waits),
    'pool',
  ),
  counter(
    'trinitas_pool_rejected_total',
    'Requests refused with OVERLOADED.',
    perPool(({ rejected }) => rejected),
    'pool',
  ),
  counter(
    'trinitas_pool_shed_total',
    'Of the refused requests, searches refused because more were asked than could be answered in time.',
    perPool(({ shed }) => shed),
    'pool',
  ),
  counter(
    'trinitas_pool_respawns_total',
    'Threads that died and were replaced.',
    perPool(({ respawns }) => respawns),
    'pool',
  ),
  latency(
    'trinitas_pool_wait_seconds',
    'Time of a request in the queue.',
    perPool(({ wait }) => wait),
    'pool',
  ),
  latency(
    'trinitas_pool_run_seconds',
    'Time of a batch of requests from being sent to a thread to its answer.',
    perPool(({ run }) => run),
    'pool',
  ),
  counter(
    'trinitas_connection_requests_total',
    'Requests a connection was given.',
    perConnection(({ requests }) => requests),
    'connection',
  ),
  counter(
    'trinitas_connection_failures_total',
    'Failures of a connection: its thread died or its file could not be used.',
    perConnection(({ failures }) => failures),
    'connection',
  ),
  counter(
    'trinitas_connection_reconnects_total',
    'How often a connection was opened again.',
    perConnection(({ reconnects }) => reconnects),
    'connection',
  ),
  counter('trinitas_commit_groups_total', 'Commits, each of a group of units.', (engine) => {
    return engine.statistics.backend.groups.groups;
  }),
  counter('trinitas_commit_units_total', 'Units of work in the groups.', (engine) => {
    return engine.statistics.backend.groups.units;
  }),
  latency('trinitas_commit_duration_seconds', 'Time of a COMMIT with its fsync.', (engine) => {
    return engine.statistics.backend.groups.commit;
  }),
  counter(
    'trinitas_statements_total',
    'Database requests by kind, over all threads that are alive.',
    perStatement(({ count }) => count),
    'statement',
  ),
  counter(
    'trinitas_statement_seconds_total',
    'Time of the database requests in their threads.',
    perStatement(({ count, meanMs }) => (count * meanMs) / MS_PER_SECOND),
    'statement',
  ),
  counter(
    'trinitas_statement_cache_hits_total',
    'Statements that were prepared already.',
    ({ statistics }) => statistics.backend.statementCache.hits,
  ),
  counter(
    'trinitas_statement_cache_misses_total',
    'Statements that had to be prepared.',
    ({ statistics }) => statistics.backend.statementCache.misses,
  ),
  gauge('trinitas_snapshots_open', 'Snapshots pinned by open transactions.', (engine) => {
    return engine.statistics.backend.snapshots.open;
  }),
  gauge('trinitas_snapshots_limit', 'Snapshots that may be open at once.', (engine) => {
    return engine.statistics.backend.snapshots.max;
  }),
  gauge(
    'trinitas_snapshot_oldest_age_seconds',
    'Age of the oldest open snapshot; 0 without one.',
    ({ statistics }) => statistics.backend.snapshots.oldestAgeSeconds,
  ),
  counter(
    'trinitas_snapshots_refreshed_total',
    'Snapshots moved to a newer commit because the log had grown.',
    ({ statistics }) => statistics.backend.snapshots.refreshed,
  ),
  counter(
    'trinitas_snapshots_aborted_total',
    'Snapshots given up because the log had grown.',
    ({ statistics }) => statistics.backend.snapshots.aborted,
  ),
  gauge('trinitas_wal_bytes', 'Size of the write-ahead log.', ({ statistics }) => {
    return statistics.backend.wal.bytes;
  }),
  counter('trinitas_wal_checkpoints_total', 'Checkpoints of the writer thread.', (engine) => {
    return engine.statistics.backend.wal.checkpoints;
  }),
  gauge('trinitas_database_bytes', 'Size of the database file.', ({ status }) => {
    return status.fileBytes;
  }),
];
