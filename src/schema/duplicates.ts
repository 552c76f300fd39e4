import type { Duplicate } from '../engine/index.ts';
import { encodeGlobalId } from '../resolvers/global-id.ts';
import { getDuplicate } from '../resolvers/links.ts';
import { builder } from './builder.ts';
import { MemoryRef } from './memory.ts';

export const MemoryDuplicateRef = builder.objectRef<Duplicate>('MemoryDuplicate').implement({
  description: 'A memory that says the same, or nearly the same, as one that was to be stored.',
  fields: (t) => ({
    memoryId: t.id({
      description: 'Id of the memory.',
      resolve: ({ id }) => encodeGlobalId('Memory', id),
    }),
    key: t.exposeString('key', { description: 'Its key.' }),
    memory: t.field({
      type: MemoryRef,
      nullable: true,
      description: 'The memory as it is now; null when it is gone.',
      resolve: (duplicate, _args, context) => getDuplicate(duplicate, context),
    }),
    similarity: t.field({
      type: 'UnitInterval',
      description: 'How similar they are; 1 when exact.',
      resolve: (duplicate) => duplicate.similarity,
    }),
    exact: t.exposeBoolean('exact', {
      description: 'True when they differ at most in case, white space and compatible characters.',
    }),
  }),
});

export const DUPLICATES =
  'What a store with `onDuplicate` found: at most 64, exact ones and the most similar first; empty otherwise.';
