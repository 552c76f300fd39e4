import type { Memory } from '../engine/index.ts';
import { parseRowId } from '../resolvers/global-id.ts';
import { getMemoriesById, getMemory, getRememberedBy } from '../resolvers/memory-reads.ts';
import { storedJson } from '../resolvers/stored-json.ts';
import { builder } from './builder.ts';
import { SectionEnum } from './enums.ts';
import { MemoryByInput } from './memory-by.ts';
import { MomentInput } from './moment.ts';
import { PersonaRef } from './persona.ts';

export const MemoryRef = builder.objectRef<Memory>('Memory');

builder.node(MemoryRef, {
  description: 'One thing remembered: a JSON value under a key, with what is known about it.',
  id: { resolve: (memory) => memory.id, parse: (id) => parseRowId(id) },
  loadManyWithoutCache: (ids, context) => getMemoriesById(ids, context),
  fields: (t) => ({
    key: t.exposeString('key', {
      description: 'Unique within the namespace; 1 to 512 bytes of UTF-8 in NFC.',
    }),
    namespace: t.exposeString('namespace', {
      description: 'The tenant it belongs to; it comes from the credential.',
    }),
    value: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'What is remembered, up to 1 MB; null is the JSON value null. Integers beyond 2^53 are strings of digits here.',
      resolve: (memory, _args, { holdsStoredJson }) =>
        storedJson(holdsStoredJson, memory.valueText, () => memory.value),
    }),
    valueText: t.exposeString('valueText', {
      description: 'The value as exact JSON text, without white space.',
    }),
    metadata: t.field({
      type: 'JSON',
      description: 'A JSON object about the memory, up to 64 KB; empty when nothing was given.',
      resolve: (memory, _args, { holdsStoredJson }) =>
        storedJson(holdsStoredJson, memory.metadataText, () => memory.metadata),
    }),
    tags: t.stringList({
      description: 'Labels, 64 at most, without duplicates.',
      resolve: (memory) => memory.tags.slice(),
    }),
    section: t.field({
      type: SectionEnum,
      description: 'Its kind.',
      resolve: (memory) => memory.section,
    }),
    persona: t.exposeString('persona', {
      nullable: true,
      description: 'Name of who remembers; null = nobody in particular.',
    }),
    rememberedBy: t.field({
      type: PersonaRef,
      nullable: true,
      description: 'Who remembers; null = nobody in particular.',
      resolve: (memory, _args, context) => getRememberedBy(memory, context),
    }),
    importance: t.field({
      type: 'UnitInterval',
      description: 'Weight in ranking; 0.5 unless given.',
      resolve: (memory) => memory.importance,
    }),
    version: t.exposeInt('version', {
      description:
        '1 when created, one more with every write; give it as `ifVersion` to write safely.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was first stored.',
      resolve: (memory) => memory.createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last written.',
      resolve: (memory) => memory.updatedAt,
    }),
    accessedAt: t.field({
      type: 'DateTime',
      description:
        'When a recall last touched it; equals `createdAt` when none did. Written in batches, so it may lag by a moment.',
      resolve: (memory) => memory.accessedAt,
    }),
    accessCount: t.exposeInt('accessCount', {
      description: 'How many recalls touched it; may lag by a moment.',
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'From then on it is invisible, and soon deleted; null = never.',
      resolve: (memory) => memory.expiresAt,
    }),
  }),
});

builder.queryField('memory', (t) =>
  t.field({
    type: MemoryRef,
    nullable: true,
    description: 'One memory by id or key; null when there is none. Does not count as an access.',
    args: {
      by: t.arg({ type: MemoryByInput, required: true, description: 'Which memory.' }),
      asOf: t.arg({ type: MomentInput, description: 'As it was then; null = as it is now.' }),
    },
    resolve: (_root, { by, asOf }, context) => getMemory(by, asOf, context),
  }),
);
