import { DEFAULT_RELATED_LIMIT, type LinkResult, type RelatedMemory } from '../engine/index.ts';
import { getRelated, linkMemories, unlinkMemories } from '../resolvers/links.ts';
import { builder } from './builder.ts';
import { listCost } from './cost.ts';
import { LINK_ERRORS } from './errors.ts';
import {
  LinkDirectionEnum,
  LinkKindEnum,
  RelatedByEnum,
  RelatedDirectionEnum,
  RelationSourceEnum,
} from './link-enums.ts';
import { LinkMemoriesInput } from './link-inputs.ts';
import { MemoryRef } from './memory.ts';

const RelatedMemoryRef = builder.objectRef<RelatedMemory>('RelatedMemory').implement({
  description: 'A memory and what relates it to the one it was asked for.',
  fields: (t) => ({
    memory: t.field({
      type: MemoryRef,
      description: 'The memory at the other end.',
      resolve: (related) => related.memory,
    }),
    source: t.field({
      type: RelationSourceEnum,
      description: 'What makes them related.',
      resolve: (related) => related.source,
    }),
    kind: t.field({
      type: LinkKindEnum,
      nullable: true,
      description: 'Kind of the link; null without one.',
      resolve: (related) => related.link?.kind ?? null,
    }),
    direction: t.field({
      type: LinkDirectionEnum,
      nullable: true,
      description: 'Direction of the link; null without one.',
      resolve: (related) => related.link?.direction ?? null,
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the link was made; null without one.',
      resolve: (related) => related.link?.since ?? null,
    }),
    similarity: t.field({
      type: 'UnitInterval',
      nullable: true,
      description:
        'Cosine of the two vectors, 0 when it is negative; null when a link makes them related.',
      resolve: (related) => related.similarity,
    }),
  }),
});

builder.objectField(MemoryRef, 'related', (t) =>
  t.field({
    type: [RelatedMemoryRef],
    description:
      'Memories that have to do with this one as it is now; empty when it is gone. Those that expired are left out.',
    args: {
      first: t.arg.int({
        required: true,
        defaultValue: DEFAULT_RELATED_LIMIT,
        description: 'How many at most, 1 to 1000.',
      }),
      by: t.arg({
        type: RelatedByEnum,
        required: true,
        defaultValue: 'LINKS',
        description: 'By what.',
      }),
      kinds: t.arg({
        type: [LinkKindEnum],
        description: 'Only links of these kinds; null = all. Not with SIMILARITY.',
      }),
      direction: t.arg({
        type: RelatedDirectionEnum,
        description: 'Only links of this direction; null = both. Not with SIMILARITY.',
      }),
    },
    complexity: ({ first }) => listCost(first ?? DEFAULT_RELATED_LIMIT),
    resolve: (memory, args, context) => getRelated(memory, args, context),
  }),
);

const LinkMemoriesPayloadRef = builder.objectRef<LinkResult>('LinkMemoriesPayload').implement({
  description:
    'A link that is made or removed, committed and durable. Inside a transaction: seen by it alone, and stored by its commit.',
  fields: (t) => ({
    from: t.field({
      type: MemoryRef,
      description: 'The first memory; a link changes no version.',
      resolve: (result) => result.from,
    }),
    to: t.field({
      type: MemoryRef,
      description: 'The second memory.',
      resolve: (result) => result.to,
    }),
    kind: t.field({
      type: LinkKindEnum,
      description: 'Kind of the link.',
      resolve: (result) => result.kind,
    }),
    changed: t.exposeBoolean('changed', {
      description: 'False when it was so before: linked already, or nothing to unlink.',
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the link was made, also one that is removed; null when there was none to remove.',
      resolve: (result) => result.since,
    }),
    replayed: t.exposeBoolean('replayed', {
      description:
        'True when the idempotency key was known: this is the earlier answer, and nothing was written now.',
    }),
  }),
});

builder.mutationField('linkMemories', (t) =>
  t.field({
    type: LinkMemoriesPayloadRef,
    nullable: true,
    errors: {
      types: LINK_ERRORS,
      directResult: true,
      union: {
        name: 'LinkMemoriesResult',
        description: 'The payload when the link is durable, or what prevented it.',
      },
    },
    description:
      'Links two memories; those that are linked already stay so. A link goes with either memory, has no version, and is ' +
      'not in the change log. A memory has at most 1000 links in both directions.',
    args: {
      input: t.arg({ type: LinkMemoriesInput, required: true, description: 'The link.' }),
    },
    resolve: (_root, { input }, context) => linkMemories(input, context),
  }),
);

builder.mutationField('unlinkMemories', (t) =>
  t.field({
    type: LinkMemoriesPayloadRef,
    nullable: true,
    errors: {
      types: LINK_ERRORS,
      directResult: true,
      union: {
        name: 'UnlinkMemoriesResult',
        description: 'The payload when the link is gone, or what prevented it.',
      },
    },
    description:
      'Removes a link between two memories; without one nothing happens, as `changed` tells.',
    args: {
      input: t.arg({ type: LinkMemoriesInput, required: true, description: 'The link.' }),
    },
    resolve: (_root, { input }, context) => unlinkMemories(input, context),
  }),
);
