import {
  appendToMemory,
  deleteMemory,
  incrementMemory,
  storeMemories,
  storeMemory,
  storeResult,
  updateMemory,
} from '../resolvers/memory-writes.ts';
import { builder } from './builder.ts';
import { listCost } from './cost.ts';
import { APPEND_ONLY_ERRORS, CHANGE_ERRORS, STORE_ERRORS } from './errors.ts';
import {
  AppendToMemoryInput,
  DeleteMemoryInput,
  IncrementMemoryInput,
  StoreMemoriesInput,
  StoreMemoryInput,
  StoreResultInput,
  UpdateMemoryInput,
} from './write-inputs.ts';
import {
  DeleteMemoryPayloadRef,
  StoreMemoriesPayloadRef,
  StoreResultPayloadRef,
  WritePayloadRef,
} from './write-payloads.ts';

const result = (
  name: string,
  types: typeof CHANGE_ERRORS | typeof STORE_ERRORS | typeof APPEND_ONLY_ERRORS,
) => ({
  types,
  directResult: true as const,
  union: { name, description: 'The payload when the write is durable, or what prevented it.' },
});

builder.mutationField('storeMemory', (t) =>
  t.field({
    type: WritePayloadRef,
    nullable: true,
    errors: result('StoreMemoryResult', STORE_ERRORS),
    description:
      'Creates a memory, or replaces the one with the same key as a whole. Answers after the commit is on disk.',
    args: { input: t.arg({ type: StoreMemoryInput, required: true, description: 'The memory.' }) },
    resolve: (_root, { input }, context) => storeMemory(input, context),
  }),
);

builder.mutationField('storeMemories', (t) =>
  t.field({
    type: StoreMemoriesPayloadRef,
    nullable: true,
    errors: result('StoreMemoriesResult', STORE_ERRORS),
    description: 'Stores many memories at once, in one transaction or each alone.',
    args: { input: t.arg({ type: StoreMemoriesInput, required: true, description: 'The batch.' }) },
    complexity: ({ input }) => listCost(input.items.length),
    resolve: (_root, { input }, context) => storeMemories(input, context),
  }),
);

builder.mutationField('updateMemory', (t) =>
  t.field({
    type: WritePayloadRef,
    nullable: true,
    errors: result('UpdateMemoryResult', CHANGE_ERRORS),
    description: 'Changes parts of a memory that exists.',
    args: {
      input: t.arg({ type: UpdateMemoryInput, required: true, description: 'The changes.' }),
    },
    resolve: (_root, { input }, context) => updateMemory(input, context),
  }),
);

builder.mutationField('incrementMemory', (t) =>
  t.field({
    type: WritePayloadRef,
    nullable: true,
    errors: result('IncrementMemoryResult', CHANGE_ERRORS),
    description:
      'Adds to a number inside a memory without reading it first; concurrent increments all count.',
    args: {
      input: t.arg({
        type: IncrementMemoryInput,
        required: true,
        description: 'Which number, and how much.',
      }),
    },
    resolve: (_root, { input }, context) => incrementMemory(input, context),
  }),
);

builder.mutationField('appendToMemory', (t) =>
  t.field({
    type: WritePayloadRef,
    nullable: true,
    errors: result('AppendToMemoryResult', CHANGE_ERRORS),
    description:
      'Appends to a list inside a memory without reading it first; concurrent appends all count.',
    args: {
      input: t.arg({
        type: AppendToMemoryInput,
        required: true,
        description: 'Which list, and what.',
      }),
    },
    resolve: (_root, { input }, context) => appendToMemory(input, context),
  }),
);

builder.mutationField('deleteMemory', (t) =>
  t.field({
    type: DeleteMemoryPayloadRef,
    nullable: true,
    errors: result('DeleteMemoryResult', CHANGE_ERRORS),
    description: 'Deletes a memory. The change log still tells that it was there.',
    args: {
      input: t.arg({ type: DeleteMemoryInput, required: true, description: 'Which memory.' }),
    },
    resolve: (_root, { input }, context) => deleteMemory(input, context),
  }),
);

builder.mutationField('storeResult', (t) =>
  t.field({
    type: StoreResultPayloadRef,
    nullable: true,
    errors: result('StoreResultResult', APPEND_ONLY_ERRORS),
    description:
      "Keeps the result of a task as an episode and as the persona's latest result, both in one transaction.",
    args: { input: t.arg({ type: StoreResultInput, required: true, description: 'The result.' }) },
    resolve: (_root, { input }, context) => storeResult(input, context),
  }),
);
