import {
  type ChangeEvent,
  type ChangePage,
  DEFAULT_CHANGE_BATCH,
  type ResumeExpired,
} from '../engine/index.ts';
import { listChanges, watchChanges } from '../resolvers/changes.ts';
import { builder } from './builder.ts';
import { LEAF_LIST, listCost } from './cost.ts';
import { ChangeKindEnum } from './enums.ts';
import { MemoryRef } from './memory.ts';
import { MemoryWhere } from './memory-where.ts';

const MemoryChangeRef = builder.objectRef<ChangeEvent>('MemoryChange').implement({
  description: 'One committed change of one memory.',
  fields: (t) => ({
    cursor: t.field({
      type: 'ChangeCursor',
      description: 'Position of this change; pass it as `after` to continue behind it.',
      resolve: (change) => change.cursor,
    }),
    kind: t.field({
      type: ChangeKindEnum,
      description: 'What happened.',
      resolve: (change) => change.kind,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it was written.',
      resolve: (change) => change.at,
    }),
    transactionId: t.exposeID('transactionId', {
      description: 'The transaction; changes with the same id became visible together.',
    }),
    memory: t.field({
      type: MemoryRef,
      description: 'The memory after the change; for DELETED as it was before.',
      resolve: (change) => change.memory,
    }),
  }),
});

const MemoryChangeBatchRef = builder.objectRef<ChangePage>('MemoryChangeBatch').implement({
  description: 'Changes in the order of their commits, each exactly once per cursor.',
  fields: (t) => ({
    changes: t.field({
      type: [MemoryChangeRef],
      complexity: LEAF_LIST,
      description: 'The changes that match the filter; may be empty.',
      resolve: (page) => page.changes,
    }),
    endCursor: t.field({
      type: 'ChangeCursor',
      description: 'Continue after this, also when `changes` is empty.',
      resolve: (page) => page.endCursor,
    }),
    hasMore: t.exposeBoolean('hasMore', {
      description: 'True when more changes are already there.',
    }),
  }),
});

const ResumeExpiredRef = builder.objectRef<ResumeExpired>('ResumeExpired').implement({
  description:
    'The changes behind the cursor are no longer kept, or the store was restored from a backup since. ' +
    'Read the memories anew and continue from `headCursor`. A stream ends after this.',
  fields: (t) => ({
    oldestCursor: t.field({
      type: 'ChangeCursor',
      description: 'From here on the log is complete.',
      resolve: (expired) => expired.oldestCursor,
    }),
    headCursor: t.field({
      type: 'ChangeCursor',
      description: 'The newest position.',
      resolve: (expired) => expired.headCursor,
    }),
  }),
});

const MemoryChangeEventRef = builder.unionType('MemoryChangeEvent', {
  description: 'Changes, or the news that they can no longer be told without a gap.',
  types: [MemoryChangeBatchRef, ResumeExpiredRef],
  resolveType: (event) => ('expired' in event ? ResumeExpiredRef : MemoryChangeBatchRef),
});

builder.queryField('changes', (t) =>
  t.field({
    type: MemoryChangeEventRef,
    nullable: true,
    description:
      'A page of the change log, for clients without a stream: ask again with `endCursor`.',
    args: {
      after: t.arg({
        type: 'ChangeCursor',
        description:
          'Only changes behind this; null = an empty page whose `endCursor` is the newest position. From the start: `status.oldestCursor`.',
      }),
      first: t.arg.int({
        required: true,
        defaultValue: DEFAULT_CHANGE_BATCH,
        description: 'How many changes at most, 1 to 500.',
      }),
      where: t.arg({
        type: MemoryWhere,
        description: 'Only changes of memories that match; null = all.',
      }),
    },
    complexity: ({ first }) => listCost(first ?? DEFAULT_CHANGE_BATCH),
    resolve: (_root, args, context) => listChanges(args, context),
  }),
);

builder.subscriptionField('memoryChanges', (t) =>
  t.field({
    type: MemoryChangeEventRef,
    nullable: true,
    description:
      'Every committed change in commit order, exactly once per cursor. Remember `endCursor`, and after a disconnect or a restart ' +
      'of the server subscribe again with it as `after`: nothing is lost and nothing is told twice.',
    args: {
      after: t.arg({
        type: 'ChangeCursor',
        description: 'Begin behind this; null = only what happens from now on.',
      }),
      where: t.arg({
        type: MemoryWhere,
        description: 'Only changes of memories that match; null = all.',
      }),
      batchSize: t.arg.int({
        required: true,
        defaultValue: DEFAULT_CHANGE_BATCH,
        description: 'How many changes one event holds at most, 1 to 500.',
      }),
    },
    complexity: ({ batchSize }) => listCost(batchSize ?? DEFAULT_CHANGE_BATCH),
    subscribe: (_root, args, context) => watchChanges(args, context),
    resolve: (event) => event,
  }),
);
