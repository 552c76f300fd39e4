import {
  DEFAULT_PAGE_SIZE,
  type HistoryPage,
  type JsonChange,
  type MemoryVersion,
  type VersionDiff,
} from '../engine/index.ts';
import { getDiff, getHistory, restoreMemory } from '../resolvers/history.ts';
import { builder } from './builder.ts';
import { LEAF_LIST, listCost } from './cost.ts';
import { ChangeKindEnum } from './enums.ts';
import { CHANGE_ERRORS } from './errors.ts';
import { MemoryRef } from './memory.ts';
import { MemoryByInput } from './memory-by.ts';
import { commitMode } from './participants.ts';
import { awaitIndex, idempotencyKey } from './write-inputs.ts';
import { WritePayloadRef } from './write-payloads.ts';

const MemoryVersionRef = builder.objectRef<MemoryVersion>('MemoryVersion').implement({
  description: 'One entry of the history of a memory.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'The version that this change left.' }),
    kind: t.field({
      type: ChangeKindEnum,
      description: 'What happened.',
      resolve: (entry) => entry.kind,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it was written.',
      resolve: (entry) => entry.at,
    }),
    transactionId: t.exposeID('transactionId', {
      description: 'The transaction; changes with the same id became visible together.',
    }),
    cursor: t.field({
      type: 'ChangeCursor',
      description: 'Its position in the change log: good for `asOf` and for the next page.',
      resolve: (entry) => entry.cursor,
    }),
    memory: t.field({
      type: MemoryRef,
      description: 'The memory after the change; for DELETED as it was before.',
      resolve: (entry) => entry.memory,
    }),
  }),
});

const MemoryHistoryRef = builder.objectRef<HistoryPage>('MemoryHistory').implement({
  description: 'Versions of a memory, the newest first.',
  fields: (t) => ({
    versions: t.field({
      type: [MemoryVersionRef],
      complexity: LEAF_LIST,
      description: 'Deletions and earlier memories of the same key included.',
      resolve: (page) => page.versions,
    }),
    hasNextPage: t.exposeBoolean('hasNextPage', {
      description: 'True when older versions follow: ask again with the last cursor.',
    }),
    complete: t.exposeBoolean('complete', {
      description: 'False when the change log was trimmed and may have held older versions.',
    }),
  }),
});

const JsonChangeKindEnum = builder.enumType('JsonChangeKind', {
  description: 'How one place of a JSON document differs.',
  values: {
    ADDED: { value: 'added', description: 'It is only in the later version.' },
    REMOVED: { value: 'removed', description: 'It is only in the earlier version.' },
    CHANGED: { value: 'changed', description: 'It is in both, with another value.' },
  } as const,
});

const JsonChangeRef = builder.objectRef<JsonChange>('JsonChange').implement({
  description:
    'One difference between two JSON documents; applied one after another they turn the first into the second.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description: 'Where, as filters write paths: `a.b[0]`; empty = the whole document.',
    }),
    kind: t.field({
      type: JsonChangeKindEnum,
      description: 'How it differs.',
      resolve: (change) => change.kind,
    }),
    before: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The earlier value; null when ADDED, or when it was the JSON value null.',
      resolve: (change) => change.before ?? null,
    }),
    after: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The later value; null when REMOVED, or when it is the JSON value null.',
      resolve: (change) => change.after ?? null,
    }),
  }),
});

const MemoryDiffRef = builder.objectRef<VersionDiff>('MemoryDiff').implement({
  description: 'What differs between two versions of a memory.',
  fields: (t) => ({
    from: t.field({
      type: MemoryRef,
      description: 'The one version.',
      resolve: (diff) => diff.from,
    }),
    to: t.field({ type: MemoryRef, description: 'The other version.', resolve: (diff) => diff.to }),
    changed: t.stringList({
      description:
        'Names of the fields that differ: value, metadata, tags, section, persona, importance, expiresAt.',
      resolve: (diff) => diff.changed.slice(),
    }),
    value: t.field({
      type: [JsonChangeRef],
      description: 'Differences inside the value.',
      resolve: (diff) => diff.value,
    }),
    metadata: t.field({
      type: [JsonChangeRef],
      description: 'Differences inside the metadata.',
      resolve: (diff) => diff.metadata,
    }),
  }),
});

const BY = 'A key means all memories that ever had it, deleted ones included; an id just that one.';

builder.queryField('history', (t) =>
  t.field({
    type: MemoryHistoryRef,
    nullable: true,
    description: 'The versions of a memory from the change log. Refused inside a transaction.',
    args: {
      by: t.arg({ type: MemoryByInput, required: true, description: BY }),
      first: t.arg.int({
        required: true,
        defaultValue: DEFAULT_PAGE_SIZE,
        description: 'How many versions at most, 0 to 100; long values make a page shorter.',
      }),
      after: t.arg({
        type: 'ChangeCursor',
        description: 'Only versions older than this one; null = from the newest.',
      }),
    },
    complexity: ({ first }) => listCost(first ?? DEFAULT_PAGE_SIZE),
    resolve: (_root, args, context) => getHistory(args, context),
  }),
);

builder.queryField('memoryDiff', (t) =>
  t.field({
    type: MemoryDiffRef,
    nullable: true,
    description:
      'What changed between two versions; NOT_FOUND when the change log does not hold one of them.',
    args: {
      by: t.arg({
        type: MemoryByInput,
        required: true,
        description:
          'A key means the newest memory that had it, deleted or not; an id an exact one.',
      }),
      from: t.arg.int({ required: true, description: 'The one version, 1 or more.' }),
      to: t.arg.int({ required: true, description: 'The other version, 1 or more.' }),
    },
    resolve: (_root, args, context) => getDiff(args, context),
  }),
);

const RestoreMemoryInput = builder.inputType('RestoreMemoryInput', {
  description: 'An old version whose content is to come back.',
  fields: (t) => ({
    by: t.field({
      type: MemoryByInput,
      required: true,
      description: 'A key means the newest memory that had it, deleted or not; an id an exact one.',
    }),
    version: t.int({ required: true, description: 'The version whose content comes back.' }),
    ifVersion: t.int({
      description:
        'Compare-and-set on the memory that has the key now; 0 = there must be none; null = no check.',
    }),
    idempotencyKey: idempotencyKey(t),
    awaitIndex: awaitIndex(t),
    commitMode: commitMode(t),
  }),
});

builder.mutationField('restoreMemory', (t) =>
  t.field({
    type: WritePayloadRef,
    nullable: true,
    errors: {
      types: CHANGE_ERRORS,
      directResult: true,
      union: {
        name: 'RestoreMemoryResult',
        description: 'The payload when the write is durable, or what prevented it.',
      },
    },
    description:
      'Writes the content of an old version as a new one; a deleted memory comes back with a new id.',
    args: {
      input: t.arg({ type: RestoreMemoryInput, required: true, description: 'Which version.' }),
    },
    resolve: (_root, { input }, context) => restoreMemory(input, context),
  }),
);
