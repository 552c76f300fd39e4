import type { Status } from '../engine/index.ts';
import { getEmbedding } from '../resolvers/embedding.ts';
import { builder } from './builder.ts';
import { MemoryRef } from './memory.ts';

const EmbeddingStateEnum = builder.enumType('EmbeddingState', {
  description: 'How far the vector of a memory is, by which recall finds it by its meaning.',
  values: {
    PENDING: {
      description:
        'It is waited for; the memory is stored and found by its words. A failed attempt is repeated after a while.',
    },
    READY: { description: 'It is there.' },
    FAILED: {
      description: 'Given up after several attempts, see `embeddingError`; `reindex` tries again.',
    },
    NONE: {
      description:
        'There is none and none is wanted: nothing in the memory can be embedded, no embedder is configured, the memory is gone, or ' +
        'its transaction is still open.',
    },
  } as const,
});

builder.objectField(MemoryRef, 'embedding', (t) =>
  t.field({
    type: EmbeddingStateEnum,
    description:
      'How far its vector is now, also on a memory of the past. With the default embedder READY as soon as it is stored.',
    resolve: async (memory, _args, context) =>
      (await getEmbedding(memory, context))?.state ?? 'NONE',
  }),
);

builder.objectField(MemoryRef, 'embeddingError', (t) =>
  t.string({
    nullable: true,
    description: 'Why the last attempt to embed it failed; null when none did.',
    resolve: async (memory, _args, context) => (await getEmbedding(memory, context))?.error ?? null,
  }),
);

export const EmbeddingFiguresRef = builder
  .objectRef<Status['embedding']>('EmbeddingFigures')
  .implement({
    description:
      'Vectors of the whole store, all namespaces. `ready`, `pending`, `failed` and `outdated` are disjoint; the rest of `memories` ' +
      'has nothing to embed.',
    fields: (t) => ({
      model: t.exposeString('model', {
        nullable: true,
        description: 'The model of new vectors; null when no embedder is configured.',
      }),
      memories: t.exposeInt('memories', { description: 'Memories in the store.' }),
      ready: t.exposeInt('ready', { description: 'With a vector of this model.' }),
      pending: t.exposeInt('pending', { description: 'Waiting for their vector.' }),
      failed: t.exposeInt('failed', { description: 'Given up; `reindex` tries again.' }),
      outdated: t.exposeInt('outdated', {
        description: 'With a vector of an earlier model, which serves until `reindex` is done.',
      }),
    }),
  });
