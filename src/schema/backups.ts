import type { Backup, Job } from '../engine/index.ts';
import { listBackups, startBackup } from '../resolvers/backups.ts';
import { builder } from './builder.ts';
import { LEAF_LIST } from './cost.ts';
import { BACKUP_ERRORS } from './errors.ts';
import { JobRef } from './jobs.ts';

const BackupKindEnum = builder.enumType('BackupKind', {
  description: 'How much a backup holds.',
  values: {
    FULL: { value: 'full', description: 'The whole store.' },
    INCREMENTAL: {
      value: 'incremental',
      description: 'What changed since the newest backup, which it needs for a restore.',
    },
  } as const,
});

const BackupRef = builder.objectRef<Backup>('Backup').implement({
  description:
    'A verified copy of the store at one moment, in the configured folder. It is restored on the command line, while no server runs.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Its name in the folder, for `trinitas restore --backup`.',
    }),
    kind: t.field({
      type: BackupKindEnum,
      description: 'How much it holds.',
      resolve: (backup) => backup.kind,
    }),
    takenAt: t.field({
      type: 'DateTime',
      description: 'The moment that it holds.',
      resolve: (backup) => backup.takenAt,
    }),
    commitNumber: t.exposeFloat('csn', {
      description: 'Number of the newest commit that it holds; whole.',
    }),
    epoch: t.exposeString('epoch', {
      description:
        'History that the commit number belongs to; another one begins with each restore.',
    }),
    memories: t.exposeInt('memories', {
      description: 'Memories of the store at that moment, in all namespaces.',
    }),
    changes: t.exposeInt('changes', { description: 'Entries of the change log in it.' }),
    bytes: t.exposeFloat('bytes', { description: 'Size of its file; whole.' }),
    sha256: t.exposeString('sha256', {
      description: 'Checksum of its file, in hex; verified by every restore.',
    }),
    base: t.exposeString('base', {
      nullable: true,
      description: 'Name of the backup that an incremental one continues; null for a full one.',
    }),
    schemaVersion: t.exposeInt('schemaVersion', {
      description:
        'Version of the file format; a newer one than this server knows cannot be restored by it.',
    }),
  }),
});

builder.queryField('backups', (t) =>
  t.field({
    type: [BackupRef],
    nullable: true,
    complexity: LEAF_LIST,
    description: 'The backups of this store, the newest first; empty when no folder is configured.',
    resolve: (_root, _args, context) => listBackups(context),
  }),
);

const BackupInput = builder.inputType('BackupInput', {
  description: 'What to back up, and under which name.',
  fields: (t) => ({
    kind: t.field({
      type: BackupKindEnum,
      required: true,
      defaultValue: 'full',
      description:
        'How much; an incremental one fails when there is nothing that it could continue.',
    }),
    name: t.string({
      required: false,
      description:
        '1 to 100 letters, digits, dots, dashes and underlines, never a path; null = the name of the database and the time.',
    }),
  }),
});

const BackupPayloadRef = builder.objectRef<{ readonly job: Job }>('BackupPayload').implement({
  description: 'The job that takes the backup.',
  fields: (t) => ({
    job: t.field({
      type: JobRef,
      description: 'Ask for it again by its id to follow it.',
      resolve: (payload) => payload.job,
    }),
  }),
});

builder.mutationField('backup', (t) =>
  t.field({
    type: BackupPayloadRef,
    nullable: true,
    errors: {
      types: BACKUP_ERRORS,
      directResult: true,
      union: { name: 'BackupResult', description: 'The job, or what prevented it.' },
    },
    description:
      'Takes a backup of the whole store, all namespaces, into the configured folder, in the background; reads and writes go on. What is ' +
      'beyond the configured retention goes once it is there. While one runs, it is answered again instead of a second one. Refused ' +
      'inside a transaction.',
    args: { input: t.arg({ type: BackupInput, required: true, description: 'What.' }) },
    resolve: async (_root, { input }, context) => ({ job: await startBackup(input, context) }),
  }),
);
