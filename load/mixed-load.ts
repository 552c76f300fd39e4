import autocannon from 'autocannon';
import {
  CONTEXT,
  LIST,
  type Operation,
  RECALL,
  STORE,
  STORE_MANY,
  TRANSACT,
} from '../k6/documents.ts';
import { memoryOf, mixedKind, questionOf, taskOf } from '../k6/workload.ts';

export interface MixedLoadOptions {
  /** GraphQL endpoint. */
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Stored before, to be found. */
  readonly memories: number;
}

export interface MixedLoadReport {
  readonly requests: number;
  readonly perSecond: number;
  /** Requests without an answer, with another status than 200, or with an error in the answer. */
  readonly failures: number;
  readonly latencyMs: {
    readonly p50: number;
    readonly p97_5: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Memories that the load stored, as the server counts them. */
  readonly stored: number;
}

const BATCH = 500;
const PAGE = 100;

/** Prepares memories, puts the load on, counts what was stored and deletes it all. Rejects when the server does not do that. */
export async function runMixedLoad(options: MixedLoadOptions): Promise<MixedLoadReport> {
  const { url, connections, seconds, memories } = options;
  const prefix = `load_${Date.now().toString(36)}_`;
  try {
    for (let start = 0; start < memories; start += BATCH) {
      const length = Math.min(BATCH, memories - start);
      const items = Array.from({ length }, (_, index) => memoryOf(prefix, start + index));
      await send(url, STORE_MANY, { input: { items } });
    }
    let next = memories;
    const body = (): string => {
      const index = Math.floor(Math.random() * memories);
      const kind = mixedKind(Math.random());
      if (kind === 'recall') return bodyOf(RECALL, { query: questionOf(index), first: 10 });
      if (kind === 'context') return bodyOf(CONTEXT, taskOf(index));
      next += 1;
      return bodyOf(STORE, { input: memoryOf(prefix, next) });
    };
    const result = await autocannon({
      url,
      connections,
      duration: seconds,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      requests: [{ setupRequest: (request) => ({ ...request, body: body() }) }],
      verifyBody: (text) => isSuccess(String(text)),
    });
    const { totalCount } = await send<{ readonly totalCount: number }>(url, LIST, {
      where: { key: { startsWith: prefix } },
      first: 1,
    });
    const { requests, latency, errors, timeouts, non2xx, mismatches } = result;
    return {
      requests: requests.total,
      perSecond: requests.average,
      failures: errors + timeouts + non2xx + mismatches,
      latencyMs: { p50: latency.p50, p97_5: latency.p97_5, p99: latency.p99, max: latency.max },
      stored: totalCount - memories,
    };
  } finally {
    await removeAll(url, prefix);
  }
}

async function removeAll(url: string, prefix: string): Promise<void> {
  for (;;) {
    const { nodes } = await send<{ readonly nodes: readonly { readonly key: string }[] }>(
      url,
      LIST,
      {
        where: { key: { startsWith: prefix } },
        first: PAGE,
      },
    );
    if (nodes.length === 0) return;
    const operations = nodes.map(({ key }) => ({ delete: { by: { key } } }));
    await send(url, TRANSACT, { input: { operations } });
  }
}

/** The content of the root field; rejects unless it is what the operation asks for. */
async function send<T>(url: string, operation: Operation, variables: object): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: bodyOf(operation, variables),
  }).catch((error: Error) => {
    throw new Error(`${url} does not answer: ${error.cause ?? error}`);
  });
  const text = await response.text();
  if (!response.ok || !isSuccess(text))
    throw new Error(`${operation.name}: HTTP ${response.status}: ${text.slice(0, 300)}`);
  const { data } = JSON.parse(text) as { readonly data: Readonly<Record<string, T>> };
  return data[operation.field] as T;
}

/** Neither errors of GraphQL nor an error member of a union. */
function isSuccess(text: string): boolean {
  return (
    !text.startsWith('{"errors"') &&
    !text.includes('"errors":[') &&
    !/"__typename":"\w*Error"/.test(text)
  );
}

function bodyOf({ document }: Operation, variables: object): string {
  return JSON.stringify({ query: document, variables });
}
