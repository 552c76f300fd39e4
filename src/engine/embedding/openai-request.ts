import type { ParticipantUnavailableError } from '../errors.ts';
import { MAX_DIMENSION } from './embedder-config.ts';
import { type EmbedderErrorDetails, type EmbedderFault, embedderError } from './embedder-error.ts';
import { isPassingStatus } from './is-passing-status.ts';
import { parseOpenAiAnswer, parseOpenAiError } from './openai-answer.ts';
import { readBoundedBody } from './read-bounded-body.ts';
import { redactSecrets } from './redact-secrets.ts';

/** A number of 32 bits takes up to 25 characters in JSON, with its comma and the white space of indented JSON. */
const MAX_NUMBER_BYTES = 32;
/** What surrounds the vectors, and all that is read of an error. */
const MAX_ENVELOPE_BYTES = 65_536;

export interface OpenAiEndpoint {
  /** For errors. */
  readonly name: string;
  readonly url: string;
  readonly model: string;
  readonly apiKey: string | null;
  /** Asked of the server; null = its own. */
  readonly dimension: number | null;
}

/**
 * One POST /embeddings. Answers one unchecked vector per text, in order; rejects with ParticipantUnavailableError, whose
 * `retryable` tells whether the same request may work later, and with `data.retryAfterMs` when the server said when.
 */
export async function requestEmbeddings(
  endpoint: OpenAiEndpoint,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const fail = (
    fault: EmbedderFault,
    message: string,
    details?: EmbedderErrorDetails,
  ): ParticipantUnavailableError => embedderError(endpoint.name, fault, message, details);
  const maxBytes = MAX_ENVELOPE_BYTES + texts.length * MAX_DIMENSION * MAX_NUMBER_BYTES;
  let response: Response;
  let body: string | null;
  try {
    response = await post(endpoint, texts, signal);
    body = await readBoundedBody(response, response.ok ? maxBytes : MAX_ENVELOPE_BYTES);
  } catch (error) {
    signal.throwIfAborted();
    throw fail('UNREACHABLE', `${addressOf(endpoint)}: ${networkProblem(error)}`, {
      remedy: 'Start the server, or correct memory.embedder.url.',
    });
  }
  if (!response.ok) {
    // A refused key may be quoted in part, so nothing of that answer is shown.
    const isKey = response.status === 401 || response.status === 403;
    const said = isKey || body === null ? null : parseOpenAiError(body);
    const secrets = [...(endpoint.apiKey === null ? [] : [endpoint.apiKey]), ...texts];
    const reason = said === null ? '' : `: ${redactSecrets(said, secrets)}`;
    throw fail('REFUSED', `${addressOf(endpoint)} answered ${response.status}${reason}`, {
      retryable: isPassingStatus(response.status),
      data: { status: response.status, ...retryAfter(response.headers.get('retry-after')) },
      remedy: isKey ? 'Set memory.embedder.api_key, or the variable of api_key_env.' : undefined,
    });
  }
  if (body === null) throw fail('ANSWER', `the answer is longer than ${maxBytes} bytes`);
  const answer = parseOpenAiAnswer(body, texts.length);
  if ('problem' in answer)
    throw fail('ANSWER', `the answer of ${addressOf(endpoint)} ${answer.problem}`, {
      remedy:
        'memory.embedder.url must lead to an OpenAI-compatible API, and mostly ends with /v1.',
    });
  return answer;
}

function post(
  { url, model, apiKey, dimension }: OpenAiEndpoint,
  input: readonly string[],
  signal: AbortSignal,
): Promise<Response> {
  return fetch(`${url.replace(/\/+$/, '')}/embeddings`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify({
      model,
      input,
      encoding_format: 'float',
      ...(dimension === null ? {} : { dimensions: dimension }),
    }),
    // Memories and keys go only where the operator said.
    redirect: 'manual',
    signal,
  });
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(header: string | null): { readonly retryAfterMs?: number } {
  if (header === null) return {};
  const seconds = /^\s*\d+\s*$/.test(header)
    ? Number(header) * 1000
    : Date.parse(header) - Date.now();
  return Number.isFinite(seconds) ? { retryAfterMs: Math.max(0, seconds) } : {};
}

function addressOf({ url }: OpenAiEndpoint): string {
  return new URL(url).host;
}

/** The code of the socket's error, as ECONNREFUSED; messages are left out, because some quote headers. */
function networkProblem(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return 'the connection failed';
}
