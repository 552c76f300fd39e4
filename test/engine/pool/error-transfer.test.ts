import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import * as errors from '../../../src/engine/errors.ts';
import { reviveError, toWireError } from '../../../src/engine/pool/error-transfer.ts';
import { DEADLINE_MESSAGE, toMemoryError } from '../../../src/engine/sqlite/sqlite-errors.ts';

const options = { data: { fact: [1, 'two'] }, remedy: 'Do this.' };
const samples: readonly errors.MemorySystemError[] = [
  new errors.MemorySystemError('m', options),
  new errors.MemoryConnectionError('m', options),
  new errors.MemoryDataCorruptionError('m', options),
  new errors.MemoryTimeoutError('m', options),
  new errors.PerformanceDegradationError('m', options),
  new errors.ValidationError([{ path: ['a', '0'], message: 'is bad' }], options),
  new errors.NotFoundError('m', options),
  new errors.VersionConflictError('the "key"', 3, 0, options),
  new errors.TransactionConflictError('m', options),
  new errors.TransactionStateError('m', options),
  new errors.SnapshotTooOldError('m', options),
  new errors.IdempotencyMismatchError('m', options),
  new errors.ParticipantUnavailableError('m', options),
  new errors.OverloadedError('m', 250, options),
  new errors.StorageFullError('m', options),
  new errors.ReadOnlyError('m', options),
  new errors.AuthenticationError('m', options),
  new errors.PermissionError('m', options),
];

/** What a caller can see of an error, its own fields included. */
function facts(error: errors.MemorySystemError): unknown {
  const { cause, stack, ...own } = { ...error, message: error.message, stack: '', cause: '' };
  return own;
}

describe('errors that cross threads', () => {
  it('covers every class of error there is', () => {
    const classes = Object.values(errors).filter((value) => typeof value === 'function');
    expect(new Set(samples.map((sample) => sample.constructor))).toEqual(new Set(classes));
  });

  it.each(samples.map((sample) => [sample.name, sample] as const))(
    '%s arrives with class, message and facts',
    (_name, sample) => {
      const revived = reviveError(structuredClone(toWireError(sample)));
      expect(revived.constructor).toBe(sample.constructor);
      expect(facts(revived)).toEqual(facts(sample));
      expect(revived.cause).toBe(sample.stack);
    },
  );

  it('anything else arrives as INTERNAL', () => {
    expect(reviveError(toWireError(new TypeError('x')))).toMatchObject({
      code: 'INTERNAL',
      message: 'x',
    });
    expect(reviveError(toWireError('thrown text'))).toMatchObject({
      code: 'INTERNAL',
      message: 'thrown text',
    });
  });
});

describe('errors of SQLite', () => {
  it.each([
    ['SQLITE_FULL', 'STORAGE_FULL'],
    ['SQLITE_CORRUPT', 'DATA_CORRUPTION'],
    ['SQLITE_CORRUPT_VTAB', 'DATA_CORRUPTION'],
    ['SQLITE_NOTADB', 'DATA_CORRUPTION'],
    ['SQLITE_READONLY_DIRECTORY', 'READ_ONLY'],
    ['SQLITE_BUSY_SNAPSHOT', 'CONNECTION'],
    ['SQLITE_IOERR_FSYNC', 'CONNECTION'],
    ['SQLITE_CANTOPEN', 'CONNECTION'],
    ['SQLITE_CONSTRAINT_CHECK', 'INTERNAL'],
  ])('%s becomes %s', (code, expected) => {
    const error = toMemoryError(new Database.SqliteError('text', code));
    expect(error.code).toBe(expected);
    if (expected !== 'INTERNAL') expect(error.data['sqliteCode']).toBe(code);
  });

  it('the clock becomes TIMEOUT, our own errors stay themselves', () => {
    expect(toMemoryError(new Error(DEADLINE_MESSAGE)).code).toBe('TIMEOUT');
    const own = new errors.NotFoundError('m');
    expect(toMemoryError(own)).toBe(own);
  });
});
