import type { TransactionState, TransactionStatistics } from '../engine/index.ts';
import {
  getTransaction,
  getTransactionStatistics,
  listTransactions,
  type ShownTransaction,
} from '../resolvers/transactions.ts';
import { builder } from './builder.ts';
import { IsolationLevelEnum, TransactionStateEnum } from './transaction-enums.ts';

export const TransactionInfoRef = builder.objectRef<ShownTransaction>('TransactionInfo').implement({
  description: 'A transaction that is open, or was until now.',
  fields: (t) => ({
    id: t.id({
      nullable: true,
      description:
        'Opens the transaction to whoever has it and a credential of its namespace: send it with every operation that shall ' +
        'run inside, as the header `x-trinitas-transaction` or as `transaction` in the `extensions` of the request. ' +
        'A secret that only `beginTransaction` tells; null everywhere else.',
      resolve: (transaction) => transaction.id,
    }),
    name: t.exposeString('name', {
      description: 'The first 8 characters of the id, to tell transactions apart.',
    }),
    requestedIsolation: t.field({
      type: IsolationLevelEnum,
      description: 'The level that was asked for.',
      resolve: (transaction) => transaction.requestedIsolation,
    }),
    effectiveIsolation: t.field({
      type: IsolationLevelEnum,
      description: 'The level that is served; never a weaker one.',
      resolve: (transaction) => transaction.effectiveIsolation,
    }),
    state: t.field({
      type: TransactionStateEnum,
      description: 'Where it is in its life.',
      resolve: (transaction) => transaction.state,
    }),
    startedAt: t.field({
      type: 'DateTime',
      description: 'When it began.',
      resolve: (transaction) => transaction.startedAt,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it is undone at the latest; its idle timeout may undo it earlier.',
      resolve: (transaction) => transaction.expiresAt,
    }),
    durationMs: t.exposeFloat('durationMs', {
      description: 'Milliseconds since it began, or that it took.',
    }),
    operations: t.exposeInt('operations', {
      description: 'Writes and assertions that wait for its commit.',
    }),
    savepoints: t.stringList({
      description: 'Names of its savepoints, newest last.',
      resolve: (transaction) => transaction.savepoints.slice(),
    }),
  }),
});

interface StateCount {
  readonly state: TransactionState;
  readonly count: number;
}

const TransactionStateCountRef = builder.objectRef<StateCount>('TransactionStateCount').implement({
  description: 'How many open transactions are in a state.',
  fields: (t) => ({
    state: t.field({
      type: TransactionStateEnum,
      description: 'The state.',
      resolve: (entry) => entry.state,
    }),
    count: t.exposeInt('count', { description: 'Transactions in it.' }),
  }),
});

export const TransactionStatisticsRef = builder
  .objectRef<TransactionStatistics>('TransactionStatistics')
  .implement({
    description:
      'Transactions since the start, over all namespaces. A mutation field outside of any is not counted.',
    fields: (t) => ({
      active: t.exposeInt('active', { description: 'Open right now.' }),
      committed: t.exposeFloat('committed', { description: 'Committed (whole number).' }),
      rolledBack: t.exposeFloat('rolledBack', {
        description: 'Undone on request or by an error (whole number).',
      }),
      timedOut: t.exposeFloat('timedOut', {
        description: 'Undone because they took too long (whole number).',
      }),
      conflicts: t.exposeFloat('conflicts', {
        description: 'Commits refused because another transaction was first (whole number).',
      }),
      retries: t.exposeFloat('retries', {
        description: 'Transactions that the server ran again (whole number).',
      }),
      commitRate: t.exposeFloat('commitRate', {
        description: 'Committed of all that ended, percent 0 to 100; 100 when none has ended.',
      }),
      averageDurationSeconds: t.exposeFloat('averageDurationSeconds', {
        description: 'Mean time from begin to end in seconds.',
      }),
      activeByState: t.field({
        type: [TransactionStateCountRef],
        description: 'The open ones by state.',
        resolve: ({ activeByState }) =>
          Object.entries(activeByState).map(([state, count]) => ({
            state: state as TransactionState,
            count,
          })),
      }),
    }),
  });

builder.queryField('transaction', (t) =>
  t.field({
    type: TransactionInfoRef,
    nullable: true,
    description: 'An open transaction; null when the id is unknown or its transaction has ended.',
    args: {
      id: t.arg.id({ required: true, description: 'What `beginTransaction` answered.' }),
    },
    resolve: (_root, { id }, context) => getTransaction(id, context),
  }),
);

builder.queryField('transactions', (t) =>
  t.field({
    type: [TransactionInfoRef],
    nullable: true,
    description: 'The open transactions of the namespace, oldest first.',
    resolve: (_root, _args, context) => listTransactions(context),
  }),
);

builder.queryField('transactionStatistics', (t) =>
  t.field({
    type: TransactionStatisticsRef,
    nullable: true,
    description: 'Figures about transactions; the same as in `stats`.',
    resolve: (_root, _args, context) => getTransactionStatistics(context),
  }),
);
