import { builder } from './builder.ts';

export const IsolationLevelEnum = builder.enumType('IsolationLevel', {
  description: 'How much transactions that run at the same time may notice of each other.',
  values: {
    READ_UNCOMMITTED: {
      description: 'Served as READ_COMMITTED: nothing uncommitted is ever read.',
    },
    READ_COMMITTED: {
      description: 'Each read sees the newest commit, so two reads may differ. Never conflicts.',
    },
    REPEATABLE_READ: {
      description:
        'Snapshot isolation: all reads see one moment. A commit that would overwrite a newer write is refused with CONFLICT.',
    },
    SERIALIZABLE: {
      description:
        'As if transactions ran one after another: a commit is refused with CONFLICT when anything it read has changed, results of queries included.',
    },
  } as const,
});

export const TransactionStateEnum = builder.enumType('TransactionState', {
  description: 'Where a transaction is in its life.',
  values: {
    PENDING: { value: 'pending', description: 'Begun, nothing was done in it yet.' },
    ACTIVE: { value: 'active', description: 'Open, with operations done in it.' },
    PREPARING: { value: 'preparing', description: 'Collects what has to be checked.' },
    PREPARED: { value: 'prepared', description: 'Ready to be sent to the writer.' },
    COMMITTING: { value: 'committing', description: 'On its way to the disk.' },
    COMMITTED: { value: 'committed', description: 'Durable.' },
    ROLLING_BACK: { value: 'rolling_back', description: 'Being undone.' },
    ROLLED_BACK: { value: 'rolled_back', description: 'Undone on request.' },
    FAILED: { value: 'failed', description: 'Its commit was refused; nothing of it was stored.' },
    TIMEOUT: { value: 'timeout', description: 'Took too long and was undone.' },
  } as const,
});

export const TransactionOperationKindEnum = builder.enumType('TransactionOperationKind', {
  description: 'What an operation of `transact` does.',
  values: {
    STORE: { value: 'store', description: 'Creates or replaces a memory.' },
    UPDATE: { value: 'update', description: 'Changes parts of a memory.' },
    INCREMENT: { value: 'increment', description: 'Adds to a number.' },
    APPEND: { value: 'append', description: 'Appends to a list.' },
    DELETE: { value: 'delete', description: 'Deletes a memory.' },
    LINK: { value: 'link', description: 'Links two memories.' },
    UNLINK: { value: 'unlink', description: 'Removes a link between two memories.' },
    ASSERT: { value: 'assert', description: 'Demands a version of a memory.' },
    SAVEPOINT: { value: 'savepoint', description: 'Marks a place to come back to.' },
    ROLLBACK_TO: { value: 'rollbackTo', description: 'Undoes what came after a savepoint.' },
    RELEASE: { value: 'release', description: 'Forgets a savepoint, not what came after it.' },
  } as const,
});
