import {
  assertVersion,
  beginTransaction,
  type CommitPayload,
  commitTransaction,
  releaseSavepoint,
  rollbackTransaction,
  setSavepoint,
  type TransactionPayload,
} from '../resolvers/transactions.ts';
import { builder } from './builder.ts';
import { LEAF_LIST, LIST_FACTOR, listCost } from './cost.ts';
import { ASSERT_ERRORS, CHANGE_ERRORS, PLAN_ERRORS } from './errors.ts';
import { MemoryRef } from './memory.ts';
import { MemoryByInput } from './memory-by.ts';
import { commitMode, ParticipantEnum, PENDING } from './participants.ts';
import { TransactionInfoRef } from './transaction.ts';
import { IsolationLevelEnum } from './transaction-enums.ts';

const ID =
  'Which transaction, as `beginTransaction` answered it; null = the one that the operation runs in.';

const BeginTransactionInput = builder.inputType('BeginTransactionInput', {
  description: 'What an interactive transaction shall be like.',
  fields: (t) => ({
    isolation: t.field({
      type: IsolationLevelEnum,
      required: true,
      defaultValue: 'READ_COMMITTED',
      description: 'Its isolation level.',
    }),
    timeoutMs: t.int({
      description:
        'Milliseconds from begin to commit, 300000 at most; null = 60000 unless the server is configured otherwise.',
    }),
    idleTimeoutMs: t.int({
      description:
        'Milliseconds without an operation after which it is undone, so that a client that is gone leaves nothing behind; ' +
        'null = 10000 unless the server is configured otherwise.',
    }),
    commitMode: commitMode(t),
  }),
});

const CommitTransactionInput = builder.inputType('CommitTransactionInput', {
  description: 'A transaction to commit.',
  fields: (t) => ({ id: t.id({ description: ID }) }),
});

const RollbackTransactionInput = builder.inputType('RollbackTransactionInput', {
  description: 'A transaction to undo, as a whole or in part.',
  fields: (t) => ({
    id: t.id({ description: ID }),
    toSavepoint: t.string({
      description:
        'Undo only what came after this savepoint, which stays; null = undo and end the transaction.',
    }),
  }),
});

const SavepointInput = builder.inputType('SavepointInput', {
  description: 'A place in a transaction.',
  fields: (t) => ({
    id: t.id({ description: ID }),
    name: t.string({
      required: true,
      description: 'Its name, 1 to 128 bytes; used again, the newest one counts.',
    }),
  }),
});

export const AssertVersionInput = builder.inputType('AssertVersionInput', {
  description: 'A version that a memory must have.',
  fields: (t) => ({
    by: t.field({ type: MemoryByInput, required: true, description: 'Which memory.' }),
    version: t.int({ required: true, description: 'The version; 0 = it must not exist.' }),
  }),
});

const transactionField = {
  type: TransactionInfoRef,
  resolve: (payload: TransactionPayload) => payload.transaction,
};

const BeginTransactionPayloadRef = builder
  .objectRef<TransactionPayload>('BeginTransactionPayload')
  .implement({
    description: 'A transaction that is open now.',
    fields: (t) => ({
      transaction: t.field({ ...transactionField, description: 'The transaction, with its id.' }),
    }),
  });

const CommitTransactionPayloadRef = builder
  .objectRef<CommitPayload>('CommitTransactionPayload')
  .implement({
    description: 'A transaction that is committed and durable.',
    fields: (t) => ({
      transaction: t.field({ ...transactionField, description: 'The transaction.' }),
      memories: t.field({
        type: [MemoryRef],
        nullable: { list: false, items: true },
        complexity: listCost(LIST_FACTOR),
        description:
          'What each of its writes came to, in their order: the memory with its final version, for a deletion as it was; null for an assertion.',
        resolve: (payload) => payload.memories,
      }),
      cursor: t.field({
        type: 'ChangeCursor',
        nullable: true,
        description: 'Position of its newest change in the change log; null when it wrote nothing.',
        resolve: (payload) => payload.cursor,
      }),
      pending: t.field({
        type: [ParticipantEnum],
        complexity: LEAF_LIST,
        description: PENDING,
        resolve: (payload) => payload.pending,
      }),
    }),
  });

const RollbackTransactionPayloadRef = builder
  .objectRef<TransactionPayload>('RollbackTransactionPayload')
  .implement({
    description: 'A transaction of which all, or what came after a savepoint, is undone.',
    fields: (t) => ({
      transaction: t.field({ ...transactionField, description: 'The transaction.' }),
    }),
  });

const SavepointPayloadRef = builder.objectRef<TransactionPayload>('SavepointPayload').implement({
  description: 'A transaction whose savepoints have changed.',
  fields: (t) => ({
    transaction: t.field({ ...transactionField, description: 'The transaction.' }),
  }),
});

const AssertVersionPayloadRef = builder
  .objectRef<{ readonly version: number }>('AssertVersionPayload')
  .implement({
    description: 'The memory has the version.',
    fields: (t) => ({
      version: t.exposeInt('version', { description: 'The version; 0 = it does not exist.' }),
    }),
  });

const result = (
  name: string,
  types: typeof PLAN_ERRORS | typeof ASSERT_ERRORS | typeof CHANGE_ERRORS,
) => ({
  types,
  directResult: true as const,
  union: { name, description: 'The payload, or what prevented it.' },
});

builder.mutationField('beginTransaction', (t) =>
  t.field({
    type: BeginTransactionPayloadRef,
    nullable: true,
    errors: result('BeginTransactionResult', PLAN_ERRORS),
    description:
      'Opens an interactive transaction. Every query and mutation that is sent with its id runs inside and sees its writes; ' +
      'nobody else does before `commitTransaction`. It holds no lock: writes are kept apart and checked at the commit.',
    args: {
      input: t.arg({ type: BeginTransactionInput, required: true, description: 'Its properties.' }),
    },
    resolve: (_root, { input }, context) => beginTransaction(input, context),
  }),
);

builder.mutationField('commitTransaction', (t) =>
  t.field({
    type: CommitTransactionPayloadRef,
    nullable: true,
    errors: result('CommitTransactionResult', CHANGE_ERRORS),
    description:
      'Makes everything that was written inside durable at once, or nothing of it: after any error the transaction is gone.',
    args: {
      input: t.arg({ type: CommitTransactionInput, required: true, description: 'Which one.' }),
    },
    resolve: (_root, { input }, context) => commitTransaction(input, context),
  }),
);

builder.mutationField('rollbackTransaction', (t) =>
  t.field({
    type: RollbackTransactionPayloadRef,
    nullable: true,
    errors: result('RollbackTransactionResult', PLAN_ERRORS),
    description: 'Undoes a transaction and ends it, or undoes what came after a savepoint.',
    args: {
      input: t.arg({ type: RollbackTransactionInput, required: true, description: 'Which one.' }),
    },
    resolve: (_root, { input }, context) => rollbackTransaction(input, context),
  }),
);

builder.mutationField('savepoint', (t) =>
  t.field({
    type: SavepointPayloadRef,
    nullable: true,
    errors: result('SavepointResult', PLAN_ERRORS),
    description: 'Marks a place in a transaction that `rollbackTransaction` can come back to.',
    args: { input: t.arg({ type: SavepointInput, required: true, description: 'The place.' }) },
    resolve: (_root, { input }, context) => setSavepoint(input, context),
  }),
);

builder.mutationField('releaseSavepoint', (t) =>
  t.field({
    type: SavepointPayloadRef,
    nullable: true,
    errors: result('ReleaseSavepointResult', PLAN_ERRORS),
    description: 'Forgets a savepoint and those after it; what was written since stays.',
    args: { input: t.arg({ type: SavepointInput, required: true, description: 'The place.' }) },
    resolve: (_root, { input }, context) => releaseSavepoint(input, context),
  }),
);

builder.mutationField('assertVersion', (t) =>
  t.field({
    type: AssertVersionPayloadRef,
    nullable: true,
    errors: result('AssertVersionResult', ASSERT_ERRORS),
    description:
      'Fails unless a memory has a version. Inside a transaction it is checked again at the commit, so that what was decided ' +
      'on a memory which is only read holds when the decision is stored.',
    args: {
      input: t.arg({
        type: AssertVersionInput,
        required: true,
        description: 'Memory and version.',
      }),
    },
    resolve: (_root, { input }, context) => assertVersion(input, context),
  }),
);
