import type { OptimizationReport } from '../engine/index.ts';
import { applyOptimizations } from '../resolvers/administration.ts';
import { builder } from './builder.ts';
import { LEAF_LIST, listCost } from './cost.ts';
import { OptimizationTypeEnum } from './enums.ts';
import { PLAN_ERRORS } from './errors.ts';

const OptimizationActionInput = builder.inputType('OptimizationActionInput', {
  description: 'One action of a plan.',
  fields: (t) => ({
    type: t.field({ type: OptimizationTypeEnum, required: true, description: 'What to do.' }),
    thresholdDays: t.float({ description: 'CLEANUP: days without access; null = 30.' }),
    dryRun: t.boolean({ description: 'CLEANUP: only say what would be deleted; null = delete.' }),
    cacheSize: t.int({
      description: 'CACHE_EXPANSION: entries the cache may hold; null = twice the current number.',
    }),
    connections: t.int({
      description: 'CONNECTION_POOL_TUNING: readers wanted; null = by the measured load.',
    }),
  }),
});

const ApplyOptimizationsInput = builder.inputType('ApplyOptimizationsInput', {
  description: 'A plan.',
  fields: (t) => ({
    summary: t.string({ description: 'Why, for people; null = nothing to say.' }),
    actions: t.field({
      type: [OptimizationActionInput],
      required: true,
      description: 'What to do, in this order; at least one.',
    }),
  }),
});

const OptimizationReportRef = builder
  .objectRef<OptimizationReport>('OptimizationReport')
  .implement({
    description: 'What one action did.',
    fields: (t) => ({
      type: t.field({
        type: OptimizationTypeEnum,
        description: 'Which action.',
        resolve: (report) => report.type,
      }),
      changed: t.exposeBoolean('changed', { description: 'True when something is different now.' }),
      message: t.exposeString('message', { description: 'What it did, in one sentence.' }),
      details: t.field({
        type: 'JSON',
        description: 'Figures: what was before, what is now.',
        resolve: (report) => report.details,
      }),
    }),
  });

const ApplyOptimizationsPayloadRef = builder
  .objectRef<{ readonly reports: readonly OptimizationReport[] }>('ApplyOptimizationsPayload')
  .implement({
    description: 'What a plan did.',
    fields: (t) => ({
      reports: t.field({
        type: [OptimizationReportRef],
        complexity: LEAF_LIST,
        description: 'In the order of the actions.',
        resolve: (payload) => payload.reports,
      }),
    }),
  });

builder.mutationField('applyOptimizations', (t) =>
  t.field({
    type: ApplyOptimizationsPayloadRef,
    nullable: true,
    errors: {
      types: PLAN_ERRORS,
      directResult: true,
      union: {
        name: 'ApplyOptimizationsResult',
        description: 'The reports, or what prevented the plan.',
      },
    },
    description:
      'Carries out a plan. The whole plan is checked before anything runs; its actions are not one transaction.',
    args: {
      input: t.arg({ type: ApplyOptimizationsInput, required: true, description: 'The plan.' }),
    },
    complexity: ({ input }) => listCost(input.actions.length),
    resolve: async (_root, { input }, context) => ({
      reports: await applyOptimizations(input, context),
    }),
  }),
);
