import { builder } from './builder.ts';
import { LinkMemoriesItem } from './link-inputs.ts';
import { commitMode } from './participants.ts';
import { IsolationLevelEnum } from './transaction-enums.ts';
import { AssertVersionInput } from './transaction-mutations.ts';
import {
  AppendToMemoryItem,
  awaitIndex,
  DeleteMemoryItem,
  IncrementMemoryItem,
  idempotencyKey,
  StoreMemoryItem,
  UpdateMemoryItem,
} from './write-inputs.ts';

/** One group commit takes no longer than some tens of milliseconds; the rest is waiting for one's turn. */
const DEFAULT_TIMEOUT_MS = 5_000;

const TransactionOperation = builder.inputType('TransactionOperation', {
  isOneOf: true,
  description: 'One operation of a transaction: exactly one of the kinds.',
  fields: (t) => ({
    store: t.field({ type: StoreMemoryItem, description: 'Creates or replaces a memory.' }),
    update: t.field({ type: UpdateMemoryItem, description: 'Changes parts of a memory.' }),
    increment: t.field({ type: IncrementMemoryItem, description: 'Adds to a number.' }),
    append: t.field({ type: AppendToMemoryItem, description: 'Appends to a list.' }),
    delete: t.field({ type: DeleteMemoryItem, description: 'Deletes a memory.' }),
    link: t.field({ type: LinkMemoriesItem, description: 'Links two memories.' }),
    unlink: t.field({
      type: LinkMemoriesItem,
      description: 'Removes a link between two memories.',
    }),
    assert: t.field({ type: AssertVersionInput, description: 'Demands a version of a memory.' }),
    savepoint: t.string({ description: 'Marks a place under this name, 1 to 128 bytes.' }),
    rollbackTo: t.string({
      description: 'Undoes what came after the savepoint of this name, which stays.',
    }),
    release: t.string({
      description: 'Forgets the savepoint of this name; what came after it stays.',
    }),
  }),
});

export const TransactInput = builder.inputType('TransactInput', {
  description: 'Operations that happen all together or not at all.',
  fields: (t) => ({
    operations: t.field({
      type: [TransactionOperation],
      required: true,
      description:
        'What to do, in this order, each on what the ones before it left; at most 10,000 operations and 8 MB.',
    }),
    isolation: t.field({
      type: IsolationLevelEnum,
      required: true,
      defaultValue: 'READ_COMMITTED',
      description: 'The level that is needed at least; every one of them is met.',
    }),
    timeoutMs: t.int({
      required: true,
      defaultValue: DEFAULT_TIMEOUT_MS,
      description: 'Milliseconds after which it is given up.',
    }),
    idempotencyKey: idempotencyKey(t),
    awaitIndex: awaitIndex(t),
    commitMode: commitMode(t),
  }),
});
