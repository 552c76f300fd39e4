import { check } from 'k6';
import http from 'k6/http';
import { Counter, Rate, Trend } from 'k6/metrics';
import type { Operation } from './documents.ts';

export const URL: string = __ENV['K6_URL'] ?? 'http://127.0.0.1:4000/graphql';

/** Answers that are no success, by `operation`: HTTP status, GraphQL errors, error members of a union. */
const failures = new Rate('graphql_failures');
/** Of these, those that the server asks to try again later: it sheds load, and nothing was stored. */
const overloaded = new Counter('graphql_overloaded');
/** The same as a share of all answers. */
const refused = new Rate('graphql_refused');
/** How long a caller waits who gets what he asked for, and how long one who is asked to try again later; ms. */
const acceptedDuration = new Trend('graphql_accepted_duration', true);
const refusedDuration = new Trend('graphql_refused_duration', true);
/** Of the failures, transactions that lost against another one, at their commit or because their snapshot had to move on. */
const conflicts = new Counter('graphql_conflicts');

/** Codes that are the server's right under load; they count, but do not fail a check. */
const EXPECTED: readonly string[] = ['OVERLOADED', 'CONFLICT', 'SNAPSHOT_TOO_OLD'];

export interface Answer {
  /** Content of the root field; null when it failed. */
  readonly data: Readonly<Record<string, unknown>> | null;
  /** Stable code of what went wrong; null when nothing did. */
  readonly code: string | null;
}

interface Body {
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

/** One operation as one POST, measured under its name. `transaction` is the id of an open one. */
export function send(operation: Operation, variables: object, transaction?: string): Answer {
  const response = http.post(URL, JSON.stringify({ query: operation.document, variables }), {
    headers: headersOf(transaction),
    tags: { operation: operation.name, name: operation.name },
  });
  const answer = read(operation, response.status, response.body);
  const { code } = answer;
  const tags = { operation: operation.name };
  failures.add(code !== null, tags);
  refused.add(code === 'OVERLOADED', tags);
  if (code === 'OVERLOADED') {
    overloaded.add(1, tags);
    refusedDuration.add(response.timings.duration, tags);
  } else if (code === null) acceptedDuration.add(response.timings.duration, tags);
  if (code === 'CONFLICT' || code === 'SNAPSHOT_TOO_OLD') conflicts.add(1, tags);
  check(null, {
    [`${operation.name} is answered`]: () => code === null || EXPECTED.includes(code),
  });
  if (code !== null && !EXPECTED.includes(code))
    console.error(`${operation.name}: ${code}: ${String(response.body).slice(0, 300)}`);
  return answer;
}

function headersOf(transaction: string | undefined): Record<string, string> {
  const token = __ENV['K6_TOKEN'];
  return {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(transaction === undefined ? {} : { 'x-trinitas-transaction': transaction }),
  };
}

function read(operation: Operation, status: number, text: unknown): Answer {
  if (typeof text !== 'string') return { data: null, code: `NO_ANSWER_${status}` };
  const { data, errors } = parse(text);
  const [error] = errors ?? [];
  if (error !== undefined) return { data: null, code: error.extensions?.code ?? error.message };
  const content = data?.[operation.field] ?? null;
  if (status !== 200) return { data: null, code: `HTTP_${status}` };
  if (operation.answer !== null && content?.['__typename'] !== operation.answer)
    return { data: null, code: String(content?.['code'] ?? 'NO_CONTENT') };
  return { data: content, code: null };
}

function parse(text: string): Body {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return { errors: [{ message: 'NOT_JSON' }] };
  }
}
