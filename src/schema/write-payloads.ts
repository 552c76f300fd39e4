import type {
  DeleteResult,
  StoreManyResult,
  StoreResultResult,
  WriteResult,
} from '../engine/index.ts';
import { encodeGlobalId } from '../resolvers/global-id.ts';
import { builder } from './builder.ts';
import { LEAF_LIST } from './cost.ts';
import { DUPLICATES, MemoryDuplicateRef } from './duplicates.ts';
import { CHANGE_ERRORS } from './errors.ts';
import { MemoryRef } from './memory.ts';
import { ParticipantEnum, PENDING } from './participants.ts';

const CURSOR =
  'Position of this write in the change log; subscribe with it to see what follows. Inside a transaction, which is not in the log yet, the position before it.';
const REPLAYED =
  'True when the idempotency key was known: this is the earlier answer, and nothing was written now.';

export const WritePayloadRef = builder.objectRef<WriteResult>('WritePayload').implement({
  description:
    'A write that is committed and durable. Inside a transaction: seen by it alone, and stored by its commit.',
  fields: (t) => ({
    memory: t.field({
      type: MemoryRef,
      description:
        'The memory as this write left it; with `onDuplicate: RETURN_EXISTING` the one that was there already.',
      resolve: (result) => result.memory,
    }),
    created: t.exposeBoolean('created', { description: 'True when the key did not exist before.' }),
    duplicates: t.field({
      type: [MemoryDuplicateRef],
      complexity: LEAF_LIST,
      description: DUPLICATES,
      resolve: (result) => result.duplicates,
    }),
    replayed: t.exposeBoolean('replayed', { description: REPLAYED }),
    pending: t.field({
      type: [ParticipantEnum],
      complexity: LEAF_LIST,
      description: PENDING,
      resolve: (result) => result.pending,
    }),
    cursor: t.field({
      type: 'ChangeCursor',
      description: CURSOR,
      resolve: (result) => result.cursor,
    }),
  }),
});

export const DeleteMemoryPayloadRef = builder
  .objectRef<DeleteResult>('DeleteMemoryPayload')
  .implement({
    description:
      'A deletion that is committed and durable. Inside a transaction: seen by it alone, and stored by its commit.',
    fields: (t) => ({
      deletedId: t.id({
        description: 'Id of the memory that is gone, for clients that keep it in a cache.',
        resolve: (result) => encodeGlobalId('Memory', result.deleted.id),
      }),
      deleted: t.field({
        type: MemoryRef,
        description: 'The memory as it was.',
        resolve: (result) => result.deleted,
      }),
      replayed: t.exposeBoolean('replayed', { description: REPLAYED }),
      pending: t.field({
        type: [ParticipantEnum],
        complexity: LEAF_LIST,
        description: PENDING,
        resolve: (result) => result.pending,
      }),
      cursor: t.field({
        type: 'ChangeCursor',
        description: CURSOR,
        resolve: (result) => result.cursor,
      }),
    }),
  });

export const StoreMemoriesPayloadRef = builder
  .objectRef<StoreManyResult>('StoreMemoriesPayload')
  .implement({
    description: 'What became of a batch.',
    fields: (t) => ({
      results: t.field({
        type: [WritePayloadRef],
        complexity: LEAF_LIST,
        itemErrors: {
          types: CHANGE_ERRORS,
          directResult: true,
          union: { name: 'StoreMemoriesItemResult', description: 'What became of one item.' },
        },
        description: 'In the order of the items. Errors stand here only when `atomic` is false.',
        // The plugin turns errors among the items into members of the item union; its types only know the payload.
        resolve: (result) => result.results as readonly WriteResult[],
      }),
      stored: t.exposeInt('stored', {
        description: 'Items that were stored, or found stored already by their `onDuplicate`.',
      }),
      failed: t.exposeInt('failed', {
        description: 'Items that were refused; 0 when `atomic` is true.',
      }),
      replayed: t.exposeBoolean('replayed', { description: REPLAYED }),
      pending: t.field({
        type: [ParticipantEnum],
        complexity: LEAF_LIST,
        description: PENDING,
        resolve: (result) => result.pending,
      }),
      cursor: t.field({
        type: 'ChangeCursor',
        nullable: true,
        description: 'Position of the newest change of this batch; null when nothing was stored.',
        resolve: (result) => result.cursor,
      }),
    }),
  });

export const StoreResultPayloadRef = builder
  .objectRef<StoreResultResult>('StoreResultPayload')
  .implement({
    description:
      'A result that is committed and durable. Inside a transaction: seen by it alone, and stored by its commit.',
    fields: (t) => ({
      episode: t.field({
        type: MemoryRef,
        description: 'The new episode `episode_{persona}_{time}_{suffix}`, importance 0.6.',
        resolve: (result) => result.episode,
      }),
      latest: t.field({
        type: MemoryRef,
        description: "The persona's `working_{persona}_latest`, importance 0.7.",
        resolve: (result) => result.latest,
      }),
      replayed: t.exposeBoolean('replayed', { description: REPLAYED }),
      pending: t.field({
        type: [ParticipantEnum],
        complexity: LEAF_LIST,
        description: PENDING,
        resolve: (result) => result.pending,
      }),
      cursor: t.field({
        type: 'ChangeCursor',
        description: CURSOR,
        resolve: (result) => result.cursor,
      }),
    }),
  });
