import type { Job } from '../engine/index.ts';
import { findJob, getJob, listJobs, startReindex } from '../resolvers/jobs.ts';
import { builder } from './builder.ts';
import { LEAF_LIST } from './cost.ts';
import { REINDEX_ERRORS } from './errors.ts';

const JobStateEnum = builder.enumType('JobState', {
  description: 'How far a job is.',
  values: {
    RUNNING: { description: 'It is under way.' },
    DONE: { description: 'It went through everything; `failed` tells whether all succeeded.' },
    FAILED: { description: 'It ended early, see `error`; what it did until then stays.' },
    CANCELLED: { description: 'It was stopped; what it did until then stays.' },
  } as const,
});

export const JobRef = builder.objectRef<Job>('Job');

builder.node(JobRef, {
  description:
    'Work in the background. Ended jobs are told of until fifty newer ones were started or the server stops.',
  id: { resolve: (job) => job.id, parse: (id) => id },
  loadManyWithoutCache: (ids, context) => ids.map((id) => findJob(id, context)),
  fields: (t) => ({
    kind: t.exposeString('kind', { description: 'What it does: `reindex` or `backup`.' }),
    state: t.field({
      type: JobStateEnum,
      description: 'How far it is.',
      resolve: (job) => job.state,
    }),
    done: t.exposeInt('done', {
      description:
        'Items gone through so far: memories, or pages and rows of a backup; may pass `total` while others write.',
    }),
    failed: t.exposeInt('failed', {
      description: 'Of these, those that nothing could be done with.',
    }),
    total: t.exposeInt('total', {
      nullable: true,
      description:
        'Items in all, counted at the start and put right at the end; null until they are counted.',
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When it began.',
      resolve: (job) => job.startedAt,
    }),
    endedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null while it runs.',
      resolve: (job) => job.endedAt,
    }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why it failed; null unless the state is FAILED.',
    }),
  }),
});

builder.queryField('job', (t) =>
  t.field({
    type: JobRef,
    nullable: true,
    description: 'One job by its id; null when it is not told of any more.',
    args: { id: t.arg.id({ required: true, description: 'The id of a job, unchanged.' }) },
    resolve: (_root, { id }, context) => getJob(id, context),
  }),
);

builder.queryField('jobs', (t) =>
  t.field({
    type: [JobRef],
    nullable: true,
    complexity: LEAF_LIST,
    description: 'The jobs of the server, the newest last.',
    resolve: (_root, _args, context) => listJobs(context),
  }),
);

const ReindexTargetEnum = builder.enumType('ReindexTarget', {
  description: 'What can be made anew.',
  values: {
    VECTORS: {
      value: 'vectors',
      description: 'Vectors that are missing, failed, or of another model than the configured one.',
    },
    FULLTEXT: {
      value: 'fulltext',
      description: 'The full-text index: every text is indexed anew.',
    },
    CHROMA: {
      value: 'chroma',
      description:
        'Chroma: every vector is published anew; the index in the database serves meanwhile. Refused where Chroma is not configured.',
    },
    REDIS: {
      value: 'redis',
      description:
        'The cache: it is emptied and fills by itself. Refused where Redis is not configured.',
    },
  } as const,
});

const ReindexInput = builder.inputType('ReindexInput', {
  description: 'What to make anew.',
  fields: (t) => ({
    target: t.field({
      type: ReindexTargetEnum,
      required: true,
      defaultValue: 'vectors',
      description: 'Which index.',
    }),
  }),
});

const ReindexPayloadRef = builder.objectRef<{ readonly job: Job }>('ReindexPayload').implement({
  description: 'The job that does it.',
  fields: (t) => ({
    job: t.field({
      type: JobRef,
      description: 'Ask for it again by its id to follow it.',
      resolve: (payload) => payload.job,
    }),
  }),
});

builder.mutationField('reindex', (t) =>
  t.field({
    type: ReindexPayloadRef,
    nullable: true,
    errors: {
      types: REINDEX_ERRORS,
      directResult: true,
      union: { name: 'ReindexResult', description: 'The job, or what prevented it.' },
    },
    description:
      'Makes what is missing or outdated in an index of the whole store, in the background; recall and writes go on. While it runs, ' +
      'it is answered again instead of begun twice. Refused inside a transaction.',
    args: { input: t.arg({ type: ReindexInput, required: true, description: 'What.' }) },
    resolve: async (_root, { input }, context) => ({
      job: await startReindex(input.target, context),
    }),
  }),
);
