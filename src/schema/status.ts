import type { BackendInfo, Status } from '../engine/index.ts';
import { getStatus } from '../resolvers/administration.ts';
import { builder } from './builder.ts';
import { EmbeddingFiguresRef } from './embedding.ts';
import { HealthStateEnum, SectionEnum, StoreRoleEnum } from './enums.ts';
import { HealthCheckRef, PerformanceFigureRef } from './health.ts';

const BackendInfoRef = builder.objectRef<BackendInfo>('BackendInfo').implement({
  description: 'How memories are stored. The path of the file is not told over the network.',
  fields: (t) => ({
    backend: t.exposeString('backend', { description: '`sqlite` or `sqlite_sync`.' }),
    epoch: t.exposeString('epoch', {
      description:
        'Changes when the store is restored from a backup; cursors of another epoch have expired.',
    }),
    schemaVersion: t.exposeInt('schemaVersion', { description: 'Version of the tables.' }),
    sqliteVersion: t.exposeString('sqliteVersion', {
      description: 'Version of the SQLite library.',
    }),
    synchronous: t.exposeString('synchronous', {
      description:
        'FULL: every acknowledged write survives a power cut. NORMAL: the newest may be lost.',
    }),
    journalMode: t.exposeString('journalMode', { description: 'SQLite journal mode.' }),
  }),
});

const SectionCountRef = builder.objectRef<Status['sections'][number]>('SectionCount').implement({
  description: 'How many memories a section holds.',
  fields: (t) => ({
    section: t.field({
      type: SectionEnum,
      description: 'The section.',
      resolve: (entry) => entry.section,
    }),
    count: t.exposeInt('count', { description: 'Memories in it, expired ones left out.' }),
  }),
});

const PerformanceMetricsRef = builder
  .objectRef<Status['performance_metrics']>('PerformanceMetrics')
  .implement({
    description: 'The three figures that Trinitas v4 reported, over all operations.',
    fields: (t) => ({
      opsPerSecond: t.float({
        description: 'Operations per second of late.',
        resolve: (metrics) => metrics.ops_per_second,
      }),
      avgLatency: t.float({
        description: 'Mean latency in milliseconds.',
        resolve: (metrics) => metrics.avg_latency,
      }),
      errorRate: t.float({
        description: 'Share of failed operations in percent, 0 to 100.',
        resolve: (metrics) => metrics.error_rate,
      }),
    }),
  });

const StatusRef = builder.objectRef<Status>('Status').implement({
  description: 'What this server is and holds.',
  fields: (t) => ({
    role: t.field({
      type: StoreRoleEnum,
      description: 'Whether this process writes the database or follows the one that does.',
      resolve: (status) => status.role,
    }),
    version: t.exposeString('version', { description: 'Version of Trinitas.' }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When the store was opened.',
      resolve: (status) => status.startedAt,
    }),
    uptimeSeconds: t.exposeFloat('uptimeSeconds', { description: 'Seconds since then.' }),
    state: t.field({
      type: HealthStateEnum,
      description: 'The worst state of all parts.',
      resolve: (status) => status.state,
    }),
    backend: t.field({
      type: BackendInfoRef,
      description: 'How memories are stored.',
      resolve: (status) => status.backend,
    }),
    checks: t.field({
      type: [HealthCheckRef],
      description: 'The parts of the store.',
      resolve: (status) => status.checks,
    }),
    thresholds: t.field({
      type: [PerformanceFigureRef],
      description: 'The figures that have a configured threshold; empty when none has.',
      resolve: (status) => status.thresholds,
    }),
    namespace: t.exposeString('namespace', {
      description: 'The tenant of the credential; counts below are of it.',
    }),
    totalMemories: t.exposeInt('totalMemories', {
      description: 'Memories in the namespace, expired ones left out.',
    }),
    sections: t.field({
      type: [SectionCountRef],
      description: 'The same by section.',
      resolve: (status) => status.sections,
    }),
    personas: t.exposeInt('personas', { description: 'Personas of the namespace.' }),
    headCursor: t.field({
      type: 'ChangeCursor',
      description: 'Newest position of the change log.',
      resolve: (status) => status.headCursor,
    }),
    oldestCursor: t.field({
      type: 'ChangeCursor',
      description: 'From here on the change log is complete.',
      resolve: (status) => status.oldestCursor,
    }),
    fileBytes: t.exposeFloat('fileBytes', {
      description: 'Size of the store file in bytes (a whole number; Int ends at 2 GB).',
    }),
    walBytes: t.exposeFloat('walBytes', {
      description: 'Size of its write-ahead log in bytes (a whole number).',
    }),
    embedding: t.field({
      type: EmbeddingFiguresRef,
      description: 'The vectors by which recall finds memories by their meaning.',
      resolve: (status) => status.embedding,
    }),
    performanceMetrics: t.field({
      type: PerformanceMetricsRef,
      description: 'Speed of late.',
      resolve: (status) => status.performance_metrics,
    }),
  }),
});

builder.queryField('status', (t) =>
  t.field({
    type: StatusRef,
    nullable: true,
    description: 'What this server is and holds.',
    resolve: (_root, _args, context) => getStatus(context),
  }),
);
