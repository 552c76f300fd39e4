import type { HealthCheck, MemoryOperations, PerformanceFigure } from '../engine/index.ts';
import { getHealth } from '../resolvers/administration.ts';
import { builder } from './builder.ts';
import { HealthStateEnum, StoreRoleEnum } from './enums.ts';

export const HealthCheckRef = builder.objectRef<HealthCheck>('HealthCheck').implement({
  description: 'State of one part of the store.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Which part: `writer`, `readers`, …' }),
    state: t.field({
      type: HealthStateEnum,
      description: 'Its state.',
      resolve: (check) => check.state,
    }),
    latencyMs: t.exposeFloat('latencyMs', {
      nullable: true,
      description: 'Round trip of the last probe in milliseconds; null before the first one.',
    }),
    message: t.exposeString('message', {
      nullable: true,
      description: 'What is wrong and what to do; null when all is well.',
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it was last probed or changed its state.',
      resolve: (check) => new Date(check.at),
    }),
  }),
});

export const PerformanceFigureRef = builder
  .objectRef<PerformanceFigure>('PerformanceFigure')
  .implement({
    description:
      'A figure that has a threshold in the section `performance` of the configuration, as of its last sample.',
    fields: (t) => ({
      name: t.exposeString('name', {
        description: 'Its key there: `p95_ms`, `error_rate`, `queue_depth` or `wal_bytes`.',
      }),
      value: t.exposeFloat('value', {
        description:
          'Milliseconds, percent (0 to 100), operations or bytes; the first two over the last window.',
      }),
      threshold: t.exposeFloat('threshold', { description: 'What it must not exceed.' }),
      exceeded: t.exposeBoolean('exceeded', {
        description:
          'It was beyond the threshold within the last window; a check of the state DEGRADED says so too.',
      }),
    }),
  });

const HealthRef = builder.objectRef<ReturnType<MemoryOperations['health']>>('Health').implement({
  description: 'State of the store.',
  fields: (t) => ({
    role: t.field({
      type: StoreRoleEnum,
      description: 'Whether this process writes the database or follows the one that does.',
      resolve: (health) => health.role,
    }),
    state: t.field({
      type: HealthStateEnum,
      description: 'The worst state of all parts.',
      resolve: (health) => health.state,
    }),
    checks: t.field({
      type: [HealthCheckRef],
      description: 'The parts.',
      resolve: (health) => health.checks,
    }),
    thresholds: t.field({
      type: [PerformanceFigureRef],
      description: 'The figures that have a configured threshold; empty when none has.',
      resolve: (health) => health.thresholds,
    }),
  }),
});

builder.queryField('health', (t) =>
  t.field({
    type: HealthRef,
    description:
      'State of the store from its last probes. It never fails and never waits, so it answers while the store does not.',
    resolve: (_root, _args, context) => getHealth(context),
  }),
);
