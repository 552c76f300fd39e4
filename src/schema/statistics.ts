import type { CacheStatistics, OperationStatistics, Statistics } from '../engine/index.ts';
import { getStatistics, watchStatistics } from '../resolvers/administration.ts';
import type { RequestFigures } from '../resolvers/request-figures.ts';
import { BackendStatisticsRef, LatencyRef } from './backend-statistics.ts';
import { builder } from './builder.ts';
import { HealthStateEnum, StoreRoleEnum } from './enums.ts';
import { HealthCheckRef, PerformanceFigureRef } from './health.ts';
import { ParticipantStatisticsRef } from './participant-statistics.ts';
import { TransactionStatisticsRef } from './transaction.ts';

/** v4's dashboard refreshed once a second. */
const DEFAULT_INTERVAL_MS = 1_000;

const OperationStatisticsRef = builder
  .objectRef<OperationStatistics>('OperationStatistics')
  .implement({
    description: 'One operation of the engine: `store`, `get`, `recall`, …',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'Which operation.' }),
      count: t.exposeFloat('count', { description: 'Calls since the start (whole number).' }),
      errors: t.exposeFloat('errors', { description: 'Calls that failed (whole number).' }),
      errorRate: t.exposeFloat('errorRate', {
        description: 'Share of failed calls in percent, 0 to 100.',
      }),
      rate: t.exposeFloat('rate', { description: 'Calls per second over the window.' }),
      latency: t.field({
        type: LatencyRef,
        description: 'How long calls took.',
        resolve: (operation) => operation.latency,
      }),
    }),
  });

const CacheStatisticsRef = builder.objectRef<CacheStatistics>('CacheStatistics').implement({
  description: 'One in-process cache.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Which cache.' }),
    size: t.exposeInt('size', { description: 'Entries held.' }),
    maxSize: t.exposeInt('maxSize', { description: 'Entries it may hold; 0 = switched off.' }),
    hits: t.exposeFloat('hits', { description: 'Answers from the cache (whole number).' }),
    misses: t.exposeFloat('misses', { description: 'Answers from the store (whole number).' }),
    evictions: t.exposeFloat('evictions', {
      description: 'Entries dropped for want of space (whole number).',
    }),
    invalidations: t.exposeFloat('invalidations', {
      description: 'Entries dropped because of a write (whole number).',
    }),
    hitRate: t.exposeFloat('hitRate', { description: 'Share of hits in percent, 0 to 100.' }),
  }),
});

const StatisticsTotalsRef = builder.objectRef<Statistics['totals']>('StatisticsTotals').implement({
  description: 'Over all operations.',
  fields: (t) => ({
    opsPerSecond: t.exposeFloat('opsPerSecond', {
      description: 'Operations per second over the window.',
    }),
    averageLatencyMs: t.exposeFloat('averageLatencyMs', {
      description: 'Mean latency in milliseconds.',
    }),
    errorRate: t.exposeFloat('errorRate', {
      description: 'Share of failed operations in percent, 0 to 100.',
    }),
  }),
});

const RequestFiguresRef = builder.objectRef<RequestFigures>('RequestFigures').implement({
  description: 'GraphQL requests over HTTP before they begin.',
  fields: (t) => ({
    waiting: t.exposeInt('waiting', { description: 'Accepted and not begun.' }),
    refused: t.exposeFloat('refused', {
      description:
        'Refused since the start with status 503 and `OVERLOADED` before they were read, because they would have waited longer than ' +
        '`server.limits.request_wait` (whole number).',
    }),
  }),
});

const StatsRef = builder.objectRef<Statistics>('Stats').implement({
  description: 'How the server is doing, over all namespaces.',
  fields: (t) => ({
    role: t.field({
      type: StoreRoleEnum,
      description: 'Whether this process writes the database or follows the one that does.',
      resolve: (stats) => stats.role,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it was measured.',
      resolve: (stats) => stats.at,
    }),
    state: t.field({
      type: HealthStateEnum,
      description: 'The worst state of all parts.',
      resolve: (stats) => stats.state,
    }),
    checks: t.field({
      type: [HealthCheckRef],
      description: 'The parts of the store.',
      resolve: (stats) => stats.checks,
    }),
    thresholds: t.field({
      type: [PerformanceFigureRef],
      description: 'The figures that have a configured threshold; empty when none has.',
      resolve: (stats) => stats.thresholds,
    }),
    uptimeSeconds: t.exposeFloat('uptimeSeconds', {
      description: 'Seconds since the store was opened.',
    }),
    windowSeconds: t.exposeFloat('windowSeconds', {
      description: 'Seconds that rates look back on.',
    }),
    totals: t.field({
      type: StatisticsTotalsRef,
      description: 'Over all operations.',
      resolve: (stats) => stats.totals,
    }),
    operations: t.field({
      type: [OperationStatisticsRef],
      description: 'By operation.',
      resolve: (stats) => stats.operations,
    }),
    caches: t.field({
      type: [CacheStatisticsRef],
      description: 'The in-process caches.',
      resolve: (stats) => stats.caches,
    }),
    backend: t.field({
      type: BackendStatisticsRef,
      description: 'The store.',
      resolve: (stats) => stats.backend,
    }),
    participants: t.field({
      type: [ParticipantStatisticsRef],
      description: 'Redis and Chroma, where they are configured.',
      resolve: (stats) => stats.participants,
    }),
    transactions: t.field({
      type: TransactionStatisticsRef,
      description: 'Transactions.',
      resolve: (stats) => stats.transactions,
    }),
    eventLoopLag: t.field({
      type: LatencyRef,
      description:
        'How late timers of the server fire; it grows when JavaScript is the bottleneck.',
      resolve: (stats) => stats.eventLoopLag,
    }),
    subscribers: t.exposeInt('subscribers', { description: 'Open streams.' }),
    requests: t.field({
      type: RequestFiguresRef,
      description: 'Requests over HTTP before they begin.',
      resolve: (_stats, _args, context) => context.requests,
    }),
    residentBytes: t.exposeFloat('residentBytes', {
      description: 'Memory of the process in bytes (whole number).',
    }),
  }),
});

builder.queryField('stats', (t) =>
  t.field({
    type: StatsRef,
    nullable: true,
    description: 'How the server is doing now.',
    resolve: (_root, _args, context) => getStatistics(context),
  }),
);

builder.subscriptionField('stats', (t) =>
  t.field({
    type: StatsRef,
    nullable: true,
    description:
      'How the server is doing, again and again. A slow client misses samples and gets the newest.',
    args: {
      intervalMs: t.arg.int({
        required: true,
        defaultValue: DEFAULT_INTERVAL_MS,
        description: 'Milliseconds between two samples, 250 to 60000.',
      }),
    },
    subscribe: (_root, args, context) => watchStatistics(args, context),
    resolve: (stats) => stats,
  }),
);
