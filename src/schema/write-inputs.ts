import type { InputFieldBuilder } from '@pothos/core';
import { builder, type SchemaTypes } from './builder.ts';
import { SectionEnum } from './enums.ts';
import { DuplicatePolicyEnum } from './link-enums.ts';
import { MemoryByInput } from './memory-by.ts';
import { commitMode } from './participants.ts';

type Fields = InputFieldBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, 'InputObject'>;

export const idempotencyKey = (t: Fields) =>
  t.string({
    description:
      'A key you make up per request, 255 bytes at most, a UUID for example. Sent again within 24 hours it replays the answer ' +
      'instead of writing twice; with another content it is refused. Null = no replay.',
  });

export const awaitIndex = (t: Fields) =>
  t.boolean({
    description:
      'True: answer only when recall finds what was written by its meaning too, or cannot, or the time for the operation is up; the ' +
      'write is durable in any case. Matters for slow embedders alone; refused inside a transaction. Null = do not wait.',
  });

const ifVersion = (t: Fields, absent: string) =>
  t.int({ description: `Write only if the memory has this version${absent}. Null = in any case.` });
const by = (t: Fields) =>
  t.field({ type: MemoryByInput, required: true, description: 'Which memory.' });
const path = (t: Fields) =>
  t.string({
    description: 'Where in the value: `balance`, `stats.visits[0]`; null = the value itself.',
  });

const storeFields = (t: Fields) => ({
  key: t.string({
    required: true,
    description: 'Unique within the namespace; 1 to 512 bytes of UTF-8, no NUL; normalised to NFC.',
  }),
  value: t.field({
    type: 'JSON',
    description: 'Any JSON up to 1 MB, null included. Give either this or `valueText`.',
  }),
  valueText: t.string({
    description: 'The value as JSON text, when it holds numbers that JavaScript would round.',
  }),
  metadata: t.field({ type: 'JSON', description: 'A JSON object up to 64 KB; null = empty.' }),
  section: t.field({
    type: SectionEnum,
    description: 'Its kind; null = inferred from metadata and key.',
  }),
  persona: t.string({ description: 'Who remembers, 1 to 128 bytes; null = nobody in particular.' }),
  importance: t.field({ type: 'UnitInterval', description: 'Weight in ranking; null = 0.5.' }),
  tags: t.stringList({ description: 'Labels, 64 at most of 128 bytes each; null = none.' }),
  ttlSeconds: t.int({ description: 'Seconds until it expires, at least 1; null = never.' }),
  ifVersion: ifVersion(t, '; 0 = only if it does not exist'),
  onDuplicate: t.field({
    type: DuplicatePolicyEnum,
    description: 'Look for memories that say the same under other keys; null = do not look.',
  }),
});

export const StoreMemoryInput = builder.inputType('StoreMemoryInput', {
  description: 'A memory to store.',
  fields: (t) => ({
    ...storeFields(t),
    idempotencyKey: idempotencyKey(t),
    awaitIndex: awaitIndex(t),
    commitMode: commitMode(t),
  }),
});

export const StoreMemoryItem = builder.inputType('StoreMemoryItem', {
  description: 'One memory of a batch or a transaction.',
  fields: storeFields,
});

export const StoreMemoriesInput = builder.inputType('StoreMemoriesInput', {
  description: 'A batch to store.',
  fields: (t) => ({
    items: t.field({
      type: [StoreMemoryItem],
      required: true,
      description:
        'At most 1000 memories, no key twice; 8 MB in all, and not more than the server accepts as one body.',
    }),
    atomic: t.boolean({
      required: true,
      defaultValue: true,
      description: 'True: all or nothing. False: each item alone, with its own result.',
    }),
    idempotencyKey: idempotencyKey(t),
    awaitIndex: awaitIndex(t),
    commitMode: commitMode(t),
  }),
});

const updateFields = (t: Fields) => ({
  by: by(t),
  value: t.field({
    type: 'JSON',
    description:
      'Replaces the value; null stores a JSON null. At most one of `value`, `valueText`, `valuePatch`.',
  }),
  valueText: t.string({ description: 'Replaces the value by this JSON text; null = leave it.' }),
  valuePatch: t.field({
    type: 'JSON',
    description: 'Merges into the value (RFC 7396: null deletes a member).',
  }),
  metadataPatch: t.field({
    type: 'JSON',
    description: 'Merges into the metadata (RFC 7396: null deletes a member).',
  }),
  tags: t.stringList({ description: 'Replaces all tags; null = leave them.' }),
  section: t.field({ type: SectionEnum, description: 'The new section; null = leave it.' }),
  persona: t.string({ description: 'The new persona; null = nobody in particular.' }),
  importance: t.field({
    type: 'UnitInterval',
    description: 'The new importance; null = leave it.',
  }),
  ttlSeconds: t.int({ description: 'Seconds from now until it expires; null = never.' }),
  ifVersion: ifVersion(t, ''),
});

export const UpdateMemoryInput = builder.inputType('UpdateMemoryInput', {
  description: 'Changes to a memory; what is left out stays as it is.',
  fields: (t) => ({
    ...updateFields(t),
    idempotencyKey: idempotencyKey(t),
    awaitIndex: awaitIndex(t),
    commitMode: commitMode(t),
  }),
});

export const UpdateMemoryItem = builder.inputType('UpdateMemoryItem', {
  description: 'Changes to a memory, as a part of a transaction; what is left out stays as it is.',
  fields: updateFields,
});

const incrementFields = (t: Fields) => ({
  by: by(t),
  path: path(t),
  amount: t.float({
    required: true,
    defaultValue: 1,
    description: 'What to add; may be negative. Integers stay exact up to 2^63.',
  }),
  ifVersion: ifVersion(t, ''),
});

export const IncrementMemoryInput = builder.inputType('IncrementMemoryInput', {
  description: 'A number to add to.',
  fields: (t) => ({
    ...incrementFields(t),
    idempotencyKey: idempotencyKey(t),
    awaitIndex: awaitIndex(t),
    commitMode: commitMode(t),
  }),
});

export const IncrementMemoryItem = builder.inputType('IncrementMemoryItem', {
  description: 'A number to add to, as a part of a transaction.',
  fields: incrementFields,
});

const appendFields = (t: Fields) => ({
  by: by(t),
  path: path(t),
  items: t.field({
    type: ['JSON'],
    required: { list: true, items: false },
    description: 'JSON values to append, in this order; at least one.',
  }),
  ifVersion: ifVersion(t, ''),
});

export const AppendToMemoryInput = builder.inputType('AppendToMemoryInput', {
  description: 'A list to append to.',
  fields: (t) => ({
    ...appendFields(t),
    idempotencyKey: idempotencyKey(t),
    awaitIndex: awaitIndex(t),
    commitMode: commitMode(t),
  }),
});

export const AppendToMemoryItem = builder.inputType('AppendToMemoryItem', {
  description: 'A list to append to, as a part of a transaction.',
  fields: appendFields,
});

const deleteFields = (t: Fields) => ({ by: by(t), ifVersion: ifVersion(t, '') });

export const DeleteMemoryInput = builder.inputType('DeleteMemoryInput', {
  description: 'A memory to delete.',
  fields: (t) => ({ ...deleteFields(t), idempotencyKey: idempotencyKey(t) }),
});

export const DeleteMemoryItem = builder.inputType('DeleteMemoryItem', {
  description: 'A memory to delete, as a part of a transaction.',
  fields: deleteFields,
});

export const StoreResultInput = builder.inputType('StoreResultInput', {
  description: 'The result of a task.',
  fields: (t) => ({
    persona: t.string({ required: true, description: 'Who did it, 1 to 128 bytes.' }),
    task: t.string({ required: true, description: 'What was done, in words.' }),
    result: t.field({
      type: 'JSON',
      required: true,
      description: 'What came out, any JSON up to 1 MB.',
    }),
    importance: t.field({
      type: 'UnitInterval',
      description: 'Importance of the episode; null = 0.6.',
    }),
    idempotencyKey: idempotencyKey(t),
    awaitIndex: awaitIndex(t),
    commitMode: commitMode(t),
  }),
});
