import type {
  BackendStatistics,
  ConnectionStatistics,
  GroupStatistics,
  LatencySummary,
  PoolStatistics,
  StatementStatistics,
} from '../engine/index.ts';
import { builder } from './builder.ts';
import { HealthStateEnum } from './enums.ts';

/*
 * Counters are Float although they are whole: a busy server passes 2^31, where Int ends, within days.
 */

export const LatencyRef = builder.objectRef<LatencySummary>('Latency').implement({
  description: 'Distribution of durations in milliseconds; all 0 when nothing was measured.',
  fields: (t) => ({
    count: t.exposeFloat('count', { description: 'Measurements (whole number).' }),
    mean: t.exposeFloat('mean', { description: 'Arithmetic mean.' }),
    p50: t.exposeFloat('p50', { description: 'Median.' }),
    p95: t.exposeFloat('p95', { description: '95 of 100 were not slower.' }),
    p99: t.exposeFloat('p99', { description: '99 of 100 were not slower.' }),
    max: t.exposeFloat('max', { description: 'The slowest.' }),
  }),
});

const ConnectionStatisticsRef = builder
  .objectRef<ConnectionStatistics>('ConnectionStatistics')
  .implement({
    description: 'One connection of a pool.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name in log lines.' }),
      state: t.field({
        type: HealthStateEnum,
        description: 'Its state.',
        resolve: (connection) => connection.state,
      }),
      requests: t.exposeFloat('requests', { description: 'Requests served (whole number).' }),
      failures: t.exposeFloat('failures', { description: 'Requests that failed (whole number).' }),
      successRate: t.exposeFloat('successRate', {
        description: 'Percent, 0 to 100; 100 when nothing was asked yet.',
      }),
      ageSeconds: t.exposeFloat('ageSeconds', { description: 'Seconds since it was opened.' }),
      reconnects: t.exposeInt('reconnects', { description: 'How often it was opened again.' }),
      busy: t.exposeBoolean('busy', { description: 'Whether it works right now.' }),
    }),
  });

const PoolStatisticsRef = builder.objectRef<PoolStatistics>('PoolStatistics').implement({
  description: 'A pool of connections; the writer is a pool of one.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Which pool.' }),
    size: t.exposeInt('size', { description: 'Connections.' }),
    busy: t.exposeInt('busy', { description: 'Connections that work right now.' }),
    queued: t.exposeInt('queued', { description: 'Requests that wait.' }),
    queuedBytes: t.exposeFloat('queuedBytes', { description: 'Bytes that wait (whole number).' }),
    maxQueue: t.exposeInt('maxQueue', {
      description: 'Requests that may wait; beyond it callers get OVERLOADED.',
    }),
    utilization: t.exposeFloat('utilization', {
      description: 'Share of time the connections worked since the last sample, percent 0 to 100.',
    }),
    waits: t.exposeFloat('waits', { description: 'Requests that had to wait (whole number).' }),
    rejected: t.exposeFloat('rejected', {
      description: 'Requests refused with OVERLOADED (whole number).',
    }),
    shed: t.exposeFloat('shed', {
      description:
        'Of these, searches refused before the queue was full, because more were asked than could be answered in time (whole number).',
    }),
    wait: t.field({
      type: LatencyRef,
      description: 'How long requests waited.',
      resolve: (pool) => pool.wait,
    }),
    run: t.field({
      type: LatencyRef,
      description: 'How long requests ran.',
      resolve: (pool) => pool.run,
    }),
    respawns: t.exposeInt('respawns', { description: 'How often a worker was replaced.' }),
    connections: t.field({
      type: [ConnectionStatisticsRef],
      description: 'Its connections.',
      resolve: (pool) => pool.connections,
    }),
  }),
});

const GroupStatisticsRef = builder.objectRef<GroupStatistics>('GroupStatistics').implement({
  description: 'Group commit: how many units of work share one COMMIT and its fsync.',
  fields: (t) => ({
    groups: t.exposeFloat('groups', { description: 'Groups committed (whole number).' }),
    units: t.exposeFloat('units', { description: 'Units of work in them (whole number).' }),
    meanSize: t.exposeFloat('meanSize', { description: 'Units per group since the start.' }),
    maxSize: t.exposeInt('maxSize', { description: 'Units of the biggest group.' }),
    commit: t.field({
      type: LatencyRef,
      description: 'Duration of COMMIT including its fsync.',
      resolve: (groups) => groups.commit,
    }),
  }),
});

const StatementStatisticsRef = builder
  .objectRef<StatementStatistics>('StatementStatistics')
  .implement({
    description: 'One SQL statement over all connections.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name in the engine.' }),
      count: t.exposeFloat('count', { description: 'How often it ran (whole number).' }),
      meanMs: t.exposeFloat('meanMs', { description: 'Mean duration in milliseconds.' }),
      p95Ms: t.exposeFloat('p95Ms', {
        description: '95 of 100 runs were not slower, milliseconds.',
      }),
      maxMs: t.exposeFloat('maxMs', { description: 'The slowest run in milliseconds.' }),
      rows: t.exposeFloat('rows', { description: 'Rows read or changed (whole number).' }),
    }),
  });

const StatementCacheRef = builder
  .objectRef<BackendStatistics['statementCache']>('StatementCacheStatistics')
  .implement({
    description: 'Cache of prepared statements over all connections.',
    fields: (t) => ({
      hits: t.exposeFloat('hits', { description: 'Found in the cache (whole number).' }),
      misses: t.exposeFloat('misses', { description: 'Had to be prepared (whole number).' }),
      size: t.exposeInt('size', { description: 'Statements held.' }),
    }),
  });

const WalRef = builder.objectRef<BackendStatistics['wal']>('WalStatistics').implement({
  description: 'The write-ahead log.',
  fields: (t) => ({
    bytes: t.exposeFloat('bytes', { description: 'Its size in bytes (whole number).' }),
    checkpoints: t.exposeFloat('checkpoints', {
      description: 'How often it was copied into the store (whole number).',
    }),
  }),
});

const SnapshotsRef = builder
  .objectRef<BackendStatistics['snapshots']>('SnapshotStatistics')
  .implement({
    description: 'Moments of the store that open transactions read from.',
    fields: (t) => ({
      open: t.exposeInt('open', { description: 'Kept right now.' }),
      max: t.exposeInt('max', {
        description: 'How many may be kept; beyond it new ones are refused with OVERLOADED.',
      }),
      oldestAgeSeconds: t.exposeFloat('oldestAgeSeconds', {
        description: 'Age of the oldest one in seconds; 0 when there is none.',
      }),
      refreshed: t.exposeFloat('refreshed', {
        description:
          'Moved to a newer commit, which nobody could notice, because the write-ahead log had grown (whole number).',
      }),
      aborted: t.exposeFloat('aborted', {
        description: 'Given up with SNAPSHOT_TOO_OLD (whole number).',
      }),
    }),
  });

const DiskRef = builder.objectRef<BackendStatistics['disk']>('Disk').implement({
  description:
    'The disk that holds the store. When it is full, writes are refused and reads go on.',
  fields: (t) => ({
    freeBytes: t.exposeFloat('freeBytes', { description: 'Free bytes (a whole number).' }),
    minFreeBytes: t.exposeFloat('minFreeBytes', {
      description:
        'Below so many free bytes writes are refused with STORAGE_FULL (a whole number).',
    }),
    ballastBytes: t.exposeFloat('ballastBytes', {
      description:
        'Bytes kept in reserve beside the store, given up when the disk is full (a whole number).',
    }),
  }),
});

const SlowStatementRef = builder
  .objectRef<BackendStatistics['slowStatements'][number]>('SlowStatement')
  .implement({
    description: 'One run of a statement that took longer than `memory.slow_query_ms`.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Its name in the engine.' }),
      durationMs: t.exposeFloat('durationMs', { description: 'How long it took, milliseconds.' }),
      rows: t.exposeFloat('rows', { description: 'Rows read or changed (whole number).' }),
      at: t.field({
        type: 'DateTime',
        description: 'When it ended.',
        resolve: (statement) => new Date(statement.at),
      }),
    }),
  });

export const BackendStatisticsRef = builder
  .objectRef<BackendStatistics>('BackendStatistics')
  .implement({
    description: 'How the store is doing.',
    fields: (t) => ({
      backend: t.exposeString('backend', { description: '`sqlite` or `sqlite_sync`.' }),
      pools: t.field({
        type: [PoolStatisticsRef],
        description: 'Its pools of connections.',
        resolve: (backend) => backend.pools,
      }),
      groups: t.field({
        type: GroupStatisticsRef,
        description: 'Group commit.',
        resolve: (backend) => backend.groups,
      }),
      statements: t.field({
        type: [StatementStatisticsRef],
        description: 'Its SQL statements.',
        resolve: (backend) => backend.statements,
      }),
      slowStatements: t.field({
        type: [SlowStatementRef],
        description: 'The newest slow runs, at most 32, newest last.',
        resolve: (backend) => backend.slowStatements,
      }),
      snapshots: t.field({
        type: SnapshotsRef,
        description: 'What open transactions read from.',
        resolve: (backend) => backend.snapshots,
      }),
      statementCache: t.field({
        type: StatementCacheRef,
        description: 'Prepared statements.',
        resolve: (backend) => backend.statementCache,
      }),
      wal: t.field({
        type: WalRef,
        description: 'The write-ahead log.',
        resolve: (backend) => backend.wal,
      }),
      disk: t.field({
        type: DiskRef,
        description: 'The disk that holds the store.',
        resolve: (backend) => backend.disk,
      }),
    }),
  });
