/** Stable machine-readable codes; the GraphQL API exposes exactly these in `extensions.code` and in error unions. */
export type ErrorCode =
  | 'CONNECTION'
  | 'DATA_CORRUPTION'
  | 'TIMEOUT'
  | 'PERFORMANCE_DEGRADED'
  | 'VALIDATION'
  | 'NOT_FOUND'
  | 'VERSION_CONFLICT'
  | 'CONFLICT'
  | 'TRANSACTION_STATE'
  | 'SNAPSHOT_TOO_OLD'
  | 'IDEMPOTENCY_MISMATCH'
  | 'PARTICIPANT_UNAVAILABLE'
  | 'OVERLOADED'
  | 'STORAGE_FULL'
  | 'READ_ONLY'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'INTERNAL';

/** Structured facts about an error; JSON-safe, so that it crosses threads and the network unchanged. */
export type ErrorData = Readonly<Record<string, unknown>>;

export interface MemoryErrorOptions {
  readonly cause?: unknown;
  /** Facts a program can act on. */
  readonly data?: ErrorData | undefined;
  /** One sentence: what the caller or operator should do. */
  readonly remedy?: string | undefined;
}

/** Root of every error the engine throws on purpose. */
export class MemorySystemError extends Error {
  readonly code: ErrorCode;
  /** True when the same call may succeed later without a change by the caller. */
  readonly retryable: boolean;
  readonly data: ErrorData;
  readonly remedy: string | undefined;

  constructor(
    message: string,
    options: MemoryErrorOptions & { code?: ErrorCode; retryable?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code ?? 'INTERNAL';
    this.retryable = options.retryable ?? false;
    this.data = options.data ?? {};
    this.remedy = options.remedy;
  }

  /** The same error, told which operation of its unit of work it belongs to (`data.operation`, from 0). */
  atOperation(index: number): this {
    (this as { data: ErrorData }).data = { ...this.data, operation: index };
    return this;
  }

  /** The same error, told which step of a transaction it belongs to (`data.step`, from 0). */
  atStep(index: number): this {
    (this as { data: ErrorData }).data = { ...this.data, step: index };
    return this;
  }
}

/** A backend or worker cannot be reached or could not be opened. */
export class MemoryConnectionError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'CONNECTION', retryable: true });
  }
}

/** Stored bytes do not match their checksum, or SQLite reports a damaged file. */
export class MemoryDataCorruptionError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'DATA_CORRUPTION' });
  }
}

/** The deadline passed. A write that times out is either not applied or, when already under way, `data.outcome` is `unknown`. */
export class MemoryTimeoutError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'TIMEOUT', retryable: true });
  }
}

/** A configured performance threshold was passed. */
export class PerformanceDegradationError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'PERFORMANCE_DEGRADED', retryable: true });
  }
}

/** One thing that is wrong with an input; `path` leads to it (`['items', '3', 'key']`). */
export interface ValidationIssue {
  readonly path: readonly string[];
  readonly message: string;
}

/** The input is refused; nothing was stored. */
export class ValidationError extends MemorySystemError {
  readonly issues: readonly ValidationIssue[];
  constructor(issues: readonly ValidationIssue[] | string, options: MemoryErrorOptions = {}) {
    const list = typeof issues === 'string' ? [{ path: [], message: issues }] : issues;
    const message = list
      .map((issue) =>
        issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message,
      )
      .join('; ');
    super(message, { ...options, code: 'VALIDATION', data: { ...options.data, issues: list } });
    this.issues = list;
  }
}

export class NotFoundError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'NOT_FOUND' });
  }
}

/** `ifVersion` did not match; `data` holds `expected` and `actual` (0 = the memory does not exist). */
export class VersionConflictError extends MemorySystemError {
  readonly expected: number;
  readonly actual: number;
  constructor(key: string, expected: number, actual: number, options: MemoryErrorOptions = {}) {
    const found = actual === 0 ? 'it does not exist' : `its version is ${actual}`;
    const wanted = expected === 0 ? 'it must not exist' : `version ${expected} was expected`;
    super(`memory ${JSON.stringify(key)}: ${wanted}, but ${found}`, {
      ...options,
      code: 'VERSION_CONFLICT',
      data: { ...options.data, key, expected, actual },
      remedy:
        options.remedy ?? 'Read the memory again and repeat the write with its current version.',
    });
    this.expected = expected;
    this.actual = actual;
  }
}

/** Another transaction committed first. */
export class TransactionConflictError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'CONFLICT', retryable: true });
  }
}

export class TransactionStateError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'TRANSACTION_STATE' });
  }
}

export class SnapshotTooOldError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'SNAPSHOT_TOO_OLD', retryable: true });
  }
}

/** The idempotency key was used before with another request body. */
export class IdempotencyMismatchError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'IDEMPOTENCY_MISMATCH' });
  }
}

/** Something beside the database does not answer or answers wrongly; `retryable` unless only a change by the operator can help. */
export class ParticipantUnavailableError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions & { retryable?: boolean } = {}) {
    super(message, { retryable: true, ...options, code: 'PARTICIPANT_UNAVAILABLE' });
  }
}

/** A bounded queue is full; come back after `retryAfterMs`. */
export class OverloadedError extends MemorySystemError {
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs: number, options: MemoryErrorOptions = {}) {
    super(message, {
      ...options,
      code: 'OVERLOADED',
      retryable: true,
      data: { ...options.data, retryAfterMs },
    });
    this.retryAfterMs = retryAfterMs;
  }
}

export class StorageFullError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'STORAGE_FULL', retryable: true });
  }
}

export class ReadOnlyError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'READ_ONLY' });
  }
}

export class AuthenticationError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'UNAUTHENTICATED' });
  }
}

export class PermissionError extends MemorySystemError {
  constructor(message: string, options: MemoryErrorOptions = {}) {
    super(message, { ...options, code: 'FORBIDDEN' });
  }
}
