import { BrokenCircuitError } from 'cockatiel';
import { type ErrorData, ParticipantUnavailableError } from '../../errors.ts';

interface Details {
  /** Default: true. */
  readonly retryable?: boolean;
  readonly remedy?: string | undefined;
  readonly data?: ErrorData;
  readonly cause?: unknown;
}

/** The one error that callers of this folder get. */
export function unavailable(reason: string, details: Details = {}): ParticipantUnavailableError {
  return new ParticipantUnavailableError(`Chroma: ${reason}`, {
    ...details,
    data: { participant: 'chroma', ...details.data },
  });
}

/** The call was given up at its deadline. */
export class ChromaLateError extends Error {
  /** False: it had so little time that this says nothing about the server. */
  readonly isOutage: boolean;
  constructor(patienceMs: number, isOutage: boolean) {
    super(`no answer within ${Math.round(patienceMs)} ms`);
    this.isOutage = isOutage;
  }
}

/** There is no server to ask at the moment. */
export class ChromaAwayError extends Error {}

/** Answers that show a server at work, which will say the same again. */
const REFUSALS: ReadonlySet<string> = new Set([
  'ChromaClientError',
  'ChromaValueError',
  'ChromaNotFoundError',
  'ChromaUniqueError',
  'ChromaAuthError',
  'ChromaForbiddenError',
  'ChromaQuotaExceededError',
  'InvalidCollectionError',
  'InvalidArgumentError',
]);

const CREDENTIALS: ReadonlySet<string> = new Set(['ChromaAuthError', 'ChromaForbiddenError']);

/** Answers that show a server in trouble: asking again at once would add to it. */
const TROUBLES: ReadonlySet<string> = new Set(['ChromaServerError', 'ChromaRateLimitError']);

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** Errors are known by their names, which stay the same whichever build of the package threw them. */
export const isNotFound = (error: unknown): boolean => nameOf(error) === 'ChromaNotFoundError';
export const isDuplicate = (error: unknown): boolean => nameOf(error) === 'ChromaUniqueError';

/** Counts against the server. */
export function isOutage(error: unknown): boolean {
  if (error instanceof ChromaLateError) return error.isOutage;
  if (error instanceof ParticipantUnavailableError || error instanceof BrokenCircuitError)
    return false;
  return !REFUSALS.has(nameOf(error));
}

/** The connection broke or was never made; a new one may do, so the same call can be made again at once. */
export function isConnectionLoss(error: unknown): boolean {
  return isOutage(error) && !(error instanceof ChromaLateError) && !TROUBLES.has(nameOf(error));
}

/** What a caller gets for anything that went wrong; `label` names the server. */
export function describeError(
  what: string,
  label: string,
  error: unknown,
): ParticipantUnavailableError {
  if (error instanceof ParticipantUnavailableError) return error;
  const name = nameOf(error);
  return unavailable(`${label}: ${what}: ${reasonOf(error)}`, {
    cause: error,
    retryable: !REFUSALS.has(name),
    data: { reason: name },
    remedy: remedyOf(name),
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof BrokenCircuitError)
    return 'it failed several times in a row and is left alone for a moment';
  if (nameOf(error) === 'ChromaConnectionError') return 'the server cannot be reached';
  return error instanceof Error ? error.message : String(error);
}

function remedyOf(name: string): string | undefined {
  if (CREDENTIALS.has(name)) return 'Put user and password into memory.chroma_url.';
  if (REFUSALS.has(name)) return 'trinitas reindex --target chroma builds the collections anew.';
  return name === 'ChromaConnectionError'
    ? 'Start the server or correct memory.chroma_url.'
    : undefined;
}
