import { type ErrorData, ParticipantUnavailableError } from '../errors.ts';

/**
 * `data.reason` of an embedder's error.
 * UNREACHABLE: no connection, or it broke. TIMEOUT: no answer in time. REFUSED: the server or package answered with an
 * error. ANSWER: what came is no list of vectors. VECTOR: a vector that may not be stored (`data.text` = its text's
 * position). MISSING: a package, class or model is not there. THREAD: the embedding thread died. CLOSED: after `close`.
 */
export type EmbedderFault =
  | 'UNREACHABLE'
  | 'TIMEOUT'
  | 'REFUSED'
  | 'ANSWER'
  | 'VECTOR'
  | 'MISSING'
  | 'THREAD'
  | 'CLOSED';

export interface EmbedderErrorDetails {
  readonly data?: ErrorData | undefined;
  readonly remedy?: string | undefined;
  /** Default: what the fault says; only the first three and THREAD pass by themselves. */
  readonly retryable?: boolean | undefined;
}

const PASSING: ReadonlySet<EmbedderFault> = new Set([
  'UNREACHABLE',
  'TIMEOUT',
  'REFUSED',
  'THREAD',
]);

/**
 * The one error of embedders. It has no `cause`: errors of HTTP clients carry request headers, and with them keys.
 * The message must be free of secrets and of texts.
 */
export function embedderError(
  model: string,
  reason: EmbedderFault,
  message: string,
  { data, remedy, retryable }: EmbedderErrorDetails = {},
): ParticipantUnavailableError {
  return new ParticipantUnavailableError(`embedder ${model}: ${message}`, {
    retryable: retryable ?? PASSING.has(reason),
    data: { ...data, embedder: model, reason },
    remedy,
  });
}

/** What every call answers after `close`. */
export function closedError(model: string): ParticipantUnavailableError {
  return embedderError(model, 'CLOSED', 'it was closed');
}
