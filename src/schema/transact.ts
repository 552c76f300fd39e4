import type { TransactStepResult } from '../engine/index.ts';
import { encodeGlobalId } from '../resolvers/global-id.ts';
import { type TransactPayload, transact } from '../resolvers/transact.ts';
import { builder } from './builder.ts';
import { LEAF_LIST, listCost } from './cost.ts';
import { DUPLICATES, MemoryDuplicateRef } from './duplicates.ts';
import { TRANSACT_ERRORS } from './errors.ts';
import { LinkKindEnum } from './link-enums.ts';
import { MemoryRef } from './memory.ts';
import { ParticipantEnum, PENDING } from './participants.ts';
import { TransactInput } from './transact-input.ts';
import {
  IsolationLevelEnum,
  TransactionOperationKindEnum,
  TransactionStateEnum,
} from './transaction-enums.ts';

type LinkChange = NonNullable<TransactStepResult['link']>;

const LinkChangeRef = builder.objectRef<LinkChange>('LinkChange').implement({
  description: 'What an operation of a transaction did to a link.',
  fields: (t) => ({
    from: t.field({
      type: MemoryRef,
      description: 'The first memory.',
      resolve: (change) => change.from,
    }),
    to: t.field({
      type: MemoryRef,
      description: 'The second memory.',
      resolve: (change) => change.to,
    }),
    kind: t.field({
      type: LinkKindEnum,
      description: 'Kind of the link.',
      resolve: (change) => change.kind,
    }),
    changed: t.exposeBoolean('changed', {
      description: 'False when it was so before: linked already, or nothing to unlink.',
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the link was made; null when there was none to remove.',
      resolve: (change) => change.since,
    }),
  }),
});

const TransactionStepRef = builder.objectRef<TransactStepResult>('TransactionStep').implement({
  description: 'What one operation of `transact` did.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Its place in `operations`, from 0.' }),
    operation: t.field({
      type: TransactionOperationKindEnum,
      description: 'Which operation it was.',
      resolve: (step) => step.kind,
    }),
    memory: t.field({
      type: MemoryRef,
      nullable: true,
      description:
        'The memory as the operation left it, for a deletion as it was; null when it wrote nothing or was undone.',
      resolve: (step) => step.memory,
    }),
    deletedId: t.id({
      nullable: true,
      description: 'Id of the memory that a deletion took away; null otherwise.',
      resolve: ({ kind, memory }) =>
        kind === 'delete' && memory !== null ? encodeGlobalId('Memory', memory.id) : null,
    }),
    link: t.field({
      type: LinkChangeRef,
      nullable: true,
      description: 'What LINK or UNLINK did; null for others and when it was undone.',
      resolve: (step) => step.link,
    }),
    duplicates: t.field({
      type: [MemoryDuplicateRef],
      complexity: LEAF_LIST,
      description: DUPLICATES,
      resolve: (step) => step.duplicates,
    }),
    rolledBack: t.exposeBoolean('rolledBack', {
      description: 'True when a later `rollbackTo` undid it.',
    }),
  }),
});

const TransactPayloadRef = builder.objectRef<TransactPayload>('TransactPayload').implement({
  description: 'A list of operations that all happened, in one commit.',
  fields: (t) => ({
    steps: t.field({
      type: [TransactionStepRef],
      complexity: LEAF_LIST,
      description: 'What each operation did, in their order.',
      resolve: (payload) => payload.steps,
    }),
    requestedIsolation: t.field({
      type: IsolationLevelEnum,
      description: 'The level that was asked for.',
      resolve: (payload) => payload.requestedIsolation,
    }),
    effectiveIsolation: t.field({
      type: IsolationLevelEnum,
      description:
        'The level that was served: SERIALIZABLE, or that of the transaction the operation runs in.',
      resolve: (payload) => payload.effectiveIsolation,
    }),
    state: t.field({
      type: TransactionStateEnum,
      description: 'COMMITTED, or ACTIVE when the operation runs in a transaction that is open.',
      resolve: (payload) => payload.state,
    }),
    cursor: t.field({
      type: 'ChangeCursor',
      nullable: true,
      description:
        'Position of the newest change in the change log; null when nothing was written.',
      resolve: (payload) => payload.cursor,
    }),
    pending: t.field({
      type: [ParticipantEnum],
      complexity: LEAF_LIST,
      description: PENDING,
      resolve: (payload) => payload.pending,
    }),
    replayed: t.exposeBoolean('replayed', {
      description:
        'True when the idempotency key was known: this is the earlier answer, and nothing was written now.',
    }),
  }),
});

builder.mutationField('transact', (t) =>
  t.field({
    type: TransactPayloadRef,
    nullable: true,
    errors: {
      types: TRANSACT_ERRORS,
      directResult: true,
      union: {
        name: 'TransactResult',
        description:
          'The payload when all of it is durable, or what prevented it: then nothing was stored.',
      },
    },
    description:
      'Carries out a list of operations as one transaction in one request. None of them reads, so the list meets every isolation ' +
      'level, holds no snapshot and never conflicts; compare-and-set by `ifVersion` and `assert`.',
    args: {
      input: t.arg({ type: TransactInput, required: true, description: 'The operations.' }),
    },
    complexity: ({ input }) => listCost(input.operations.length),
    resolve: (_root, { input }, context) => transact(input, context),
  }),
);
