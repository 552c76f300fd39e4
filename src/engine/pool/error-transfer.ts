import {
  AuthenticationError,
  type ErrorCode,
  IdempotencyMismatchError,
  MemoryConnectionError,
  MemoryDataCorruptionError,
  type MemoryErrorOptions,
  MemorySystemError,
  MemoryTimeoutError,
  NotFoundError,
  OverloadedError,
  ParticipantUnavailableError,
  PerformanceDegradationError,
  PermissionError,
  ReadOnlyError,
  SnapshotTooOldError,
  StorageFullError,
  TransactionConflictError,
  TransactionStateError,
  ValidationError,
  type ValidationIssue,
  VersionConflictError,
} from '../errors.ts';

/** An error as it crosses threads. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly remedy: string | undefined;
  /** Stack in the thread where it happened; for logs only. */
  readonly stack: string | undefined;
}

export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error))
    return {
      code: 'INTERNAL',
      message: String(error),
      data: {},
      remedy: undefined,
      stack: undefined,
    };
  const known = error instanceof MemorySystemError;
  return {
    code: known ? error.code : 'INTERNAL',
    message: error.message,
    data: known ? error.data : {},
    remedy: known ? error.remedy : undefined,
    stack: error.stack,
  };
}

type Revive = (wire: WireError, options: MemoryErrorOptions) => MemorySystemError;

const simple =
  (Class: new (message: string, options: MemoryErrorOptions) => MemorySystemError): Revive =>
  (wire, options) =>
    new Class(wire.message, options);

const REVIVE: Readonly<Record<ErrorCode, Revive>> = {
  CONNECTION: simple(MemoryConnectionError),
  DATA_CORRUPTION: simple(MemoryDataCorruptionError),
  TIMEOUT: simple(MemoryTimeoutError),
  PERFORMANCE_DEGRADED: simple(PerformanceDegradationError),
  VALIDATION: (wire, options) =>
    new ValidationError(wire.data['issues'] as readonly ValidationIssue[], options),
  NOT_FOUND: simple(NotFoundError),
  VERSION_CONFLICT: ({ data }, options) =>
    new VersionConflictError(
      String(data['key']),
      Number(data['expected']),
      Number(data['actual']),
      options,
    ),
  CONFLICT: simple(TransactionConflictError),
  TRANSACTION_STATE: simple(TransactionStateError),
  SNAPSHOT_TOO_OLD: simple(SnapshotTooOldError),
  IDEMPOTENCY_MISMATCH: simple(IdempotencyMismatchError),
  PARTICIPANT_UNAVAILABLE: simple(ParticipantUnavailableError),
  OVERLOADED: (wire, options) =>
    new OverloadedError(wire.message, Number(wire.data['retryAfterMs']), options),
  STORAGE_FULL: simple(StorageFullError),
  READ_ONLY: simple(ReadOnlyError),
  UNAUTHENTICATED: simple(AuthenticationError),
  FORBIDDEN: simple(PermissionError),
  INTERNAL: simple(MemorySystemError),
};

/** The same class with the same data on this side; the thread's stack becomes the cause. */
export function reviveError(wire: WireError): MemorySystemError {
  return REVIVE[wire.code](wire, { data: wire.data, remedy: wire.remedy, cause: wire.stack });
}

/** Of whatever was thrown on this side. */
export function asMemoryError(error: unknown): MemorySystemError {
  return error instanceof MemorySystemError
    ? error
    : new MemorySystemError(String(error), { cause: error });
}
