import { errorTypeMap, wrapErrorIfMatches } from '@pothos/plugin-errors';
import {
  IdempotencyMismatchError,
  type MemorySystemError,
  MemoryTimeoutError,
  NotFoundError,
  OverloadedError,
  ParticipantUnavailableError,
  ReadOnlyError,
  SnapshotTooOldError,
  StorageFullError,
  TransactionConflictError,
  TransactionStateError,
  ValidationError,
  type ValidationIssue,
  VersionConflictError,
} from '../engine/index.ts';
import { TransactionAbortedError } from '../resolvers/transaction-aborted-error.ts';
import { builder } from './builder.ts';

const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'Stable codes: in `code` of a union member and in `extensions.code` of an error.',
  values: {
    CONNECTION: { description: 'The store cannot be reached; retry later.' },
    DATA_CORRUPTION: {
      description: 'Stored bytes do not match their checksum; an operator must repair.',
    },
    TIMEOUT: {
      description: 'The deadline passed; a write may or may not have happened, see TimeoutError.',
    },
    PERFORMANCE_DEGRADED: { description: 'A configured performance threshold was passed.' },
    VALIDATION: { description: 'The input is wrong; nothing was stored.' },
    NOT_FOUND: { description: 'The memory does not exist, or has expired.' },
    VERSION_CONFLICT: { description: 'The memory has another version than `ifVersion`.' },
    CONFLICT: { description: 'Another transaction committed first; retry.' },
    TRANSACTION_STATE: { description: 'The transaction is not in a state that allows this.' },
    SNAPSHOT_TOO_OLD: { description: 'The snapshot is no longer kept; start again.' },
    IDEMPOTENCY_MISMATCH: { description: 'The idempotency key was used for another request.' },
    PARTICIPANT_UNAVAILABLE: {
      description: 'A part that this needs is down or not configured: a store, an embedder.',
    },
    OVERLOADED: {
      description:
        'More is asked than can be answered in time, or a bounded queue is full; come back later.',
    },
    STORAGE_FULL: { description: 'The disk is full.' },
    READ_ONLY: { description: 'The store accepts no writes now.' },
    UNAUTHENTICATED: { description: 'No valid credential was given.' },
    FORBIDDEN: { description: 'The credential does not allow this.' },
    INTERNAL: { description: 'An unexpected error; `extensions.errorId` finds it in the log.' },
  } as const,
});

const ErrorInterface = builder.interfaceRef<MemorySystemError>('Error').implement({
  description: 'What every expected error tells. Select it in a union with `... on Error`.',
  resolveType: (error) => errorTypeMap.get(error),
  fields: (t) => ({
    code: t.field({
      type: ErrorCodeEnum,
      description: 'What went wrong, for programs.',
      resolve: (error) => error.code,
    }),
    message: t.exposeString('message', {
      description: 'What went wrong, for people; may change between versions.',
    }),
    path: t.stringList({
      nullable: true,
      description:
        'Where in the input the first problem lies, from inside `input` (`["items", "3", "key"]`); null when it is not about one place.',
      resolve: firstPath,
    }),
    remedy: t.string({
      nullable: true,
      description: 'What to do about it, in one sentence; null when nothing general can be said.',
      resolve: (error) => error.remedy ?? null,
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'True when the same request may succeed later without a change.',
    }),
  }),
});

/** By code and not by instanceof, since the errors plugin hands resolvers a proxy of another prototype. */
function firstPath(error: MemorySystemError): string[] | null {
  if ('failedIndex' in error) return ['operations', String(error.failedIndex)];
  if (error.code !== 'VALIDATION') return null;
  return (error as ValidationError).issues[0]?.path.slice() ?? null;
}

const ValidationIssueRef = builder.objectRef<ValidationIssue>('ValidationIssue').implement({
  description: 'One thing that is wrong with an input.',
  fields: (t) => ({
    path: t.stringList({
      description: 'Where, from inside `input`; empty = the input as a whole.',
      resolve: (issue) => issue.path.slice(),
    }),
    message: t.exposeString('message', { description: 'What is wrong there.' }),
  }),
});

builder.objectType(ValidationError, {
  name: 'ValidationError',
  interfaces: [ErrorInterface],
  description: 'The input is refused and nothing was stored. All problems found are listed.',
  fields: (t) => ({
    issues: t.field({
      type: [ValidationIssueRef],
      description: 'Every problem found, at least one.',
      resolve: (error) => error.issues,
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  interfaces: [ErrorInterface],
  description: 'There is no such memory: the key or id is unknown, deleted or expired.',
});

builder.objectType(VersionConflictError, {
  name: 'VersionConflictError',
  interfaces: [ErrorInterface],
  description:
    'Compare-and-set failed: somebody else wrote in between. Read again, decide again, write with the current version.',
  fields: (t) => ({
    expected: t.exposeInt('expected', {
      description: 'The `ifVersion` of the request; 0 = the memory had to be absent.',
    }),
    actual: t.exposeInt('actual', {
      description: 'The version found; 0 = the memory does not exist.',
    }),
  }),
});

builder.objectType(IdempotencyMismatchError, {
  name: 'IdempotencyMismatchError',
  interfaces: [ErrorInterface],
  description:
    'The idempotency key was used within 24 hours for a request with another content. Nothing was stored.',
});

builder.objectType(OverloadedError, {
  name: 'OverloadedError',
  interfaces: [ErrorInterface],
  description: 'The write queue is full; nothing was stored.',
  fields: (t) => ({
    retryAfterMs: t.exposeFloat('retryAfterMs', {
      description: 'Milliseconds after which a retry is likely to be accepted.',
    }),
  }),
});

builder.objectType(TransactionConflictError, {
  name: 'ConflictError',
  interfaces: [ErrorInterface],
  description: 'Another transaction committed first; nothing was stored. Retry the same request.',
});

builder.objectType(TransactionStateError, {
  name: 'TransactionStateError',
  interfaces: [ErrorInterface],
  description:
    'The transaction has ended, timed out or never was, has no such savepoint, or cannot hold this operation.',
});

builder.objectType(SnapshotTooOldError, {
  name: 'SnapshotTooOldError',
  interfaces: [ErrorInterface],
  description:
    'The moment that the transaction reads from is no longer kept, because it was open for too long; it is undone. Run it again.',
});

/** What an operation of a list can be at fault for. */
const OPERATION_ERRORS = [ValidationError, VersionConflictError, NotFoundError];

builder.objectType(TransactionAbortedError, {
  name: 'TransactionAbortedError',
  interfaces: [ErrorInterface],
  description: 'One operation of a list failed, so nothing of the list was stored.',
  fields: (t) => ({
    failedIndex: t.exposeInt('failedIndex', {
      description: 'Place of the operation in `operations`, from 0.',
    }),
    cause: t.field({
      type: ErrorInterface,
      description: 'What was wrong with it; `code` is the same.',
      // As a member of a union would be told: GraphQL takes a bare Error for a failure of the field.
      resolve: ({ cause }) => wrapErrorIfMatches(cause, OPERATION_ERRORS) as MemorySystemError,
    }),
  }),
});

builder.objectType(MemoryTimeoutError, {
  name: 'TimeoutError',
  interfaces: [ErrorInterface],
  description:
    'The deadline passed. With an `idempotencyKey` the same request can be sent again safely.',
  fields: (t) => ({
    outcomeUnknown: t.boolean({
      description:
        'True when the write was already under way and may have been stored; false when it was not stored.',
      resolve: (error) => error.data['outcome'] === 'unknown',
    }),
  }),
});

builder.objectType(StorageFullError, {
  name: 'StorageFullError',
  interfaces: [ErrorInterface],
  description: 'The disk is full; nothing was stored.',
});

builder.objectType(ReadOnlyError, {
  name: 'ReadOnlyError',
  interfaces: [ErrorInterface],
  description: 'The store accepts no writes now; nothing was stored.',
});

builder.objectType(ParticipantUnavailableError, {
  name: 'ParticipantUnavailableError',
  interfaces: [ErrorInterface],
  description: 'A part that this needs, as an embedder, is not configured or cannot be reached.',
});

/** For backups, whose own failures show in their job. */
export const BACKUP_ERRORS = [ValidationError, TransactionStateError];

/** For work in the background. */
export const REINDEX_ERRORS = [ValidationError, TransactionStateError, ParticipantUnavailableError];

/**
 * For everything that changes something; what is not listed (CONNECTION, DATA_CORRUPTION, INTERNAL) is an error with
 * `extensions.code`.
 */
export const PLAN_ERRORS = [
  ValidationError,
  OverloadedError,
  TransactionConflictError,
  TransactionStateError,
  SnapshotTooOldError,
  MemoryTimeoutError,
  StorageFullError,
  ReadOnlyError,
  ParticipantUnavailableError,
];

/** For a demand on a version. */
export const ASSERT_ERRORS = [...PLAN_ERRORS, VersionConflictError];

/** For writes without a compare-and-set. */
export const APPEND_ONLY_ERRORS = [...PLAN_ERRORS, IdempotencyMismatchError];

/** For writes that may create. */
export const STORE_ERRORS = [...APPEND_ONLY_ERRORS, VersionConflictError];

/** For writes to a memory that must exist, and for the commit of several writes. */
export const CHANGE_ERRORS = [...STORE_ERRORS, NotFoundError];

/** For writes to memories that must exist, without a compare-and-set. */
export const LINK_ERRORS = [...APPEND_ONLY_ERRORS, NotFoundError];

/** For a list of operations, of which one may be at fault. */
export const TRANSACT_ERRORS = [...APPEND_ONLY_ERRORS, TransactionAbortedError];
