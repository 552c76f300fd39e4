import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { MemoryChangesSubscription, TypedDocumentString } from '../generated/graphql.ts';
import { MemoryChanges } from '../support/change-documents.graphql.ts';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { StatsStream } from '../support/status-documents.graphql.ts';
import { expectType, request } from '../support/test-client.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

/*
 * The official clients, each watching changes, losing its connection, and going on behind the last cursor it saw:
 * nothing lost, nothing twice, also over a restart of the server on the same file.
 */

type Payload<Data> = { readonly data?: Data | null; readonly errors?: readonly unknown[] };

interface StreamClient {
  open<Data>(
    document: TypedDocumentString<Data, never> | string,
    variables: Record<string, unknown>,
  ): AsyncIterableIterator<Payload<Data>>;
  /** Cuts the connection as a broken network does. */
  cut(): void;
}

function wsClient(url: string): StreamClient {
  let socket: WebSocket | undefined;
  const client = createWsClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    on: {
      connected: (connected) => {
        socket = connected as WebSocket;
      },
    },
  });
  onTestFinished(async () => await client.dispose());
  return {
    open: (document, variables) =>
      client.iterate({ query: document.toString(), variables }) as never,
    cut: () => socket?.terminate(),
  };
}

function sseClient(url: string): StreamClient {
  let abort = new AbortController();
  const client = createSseClient({
    url,
    retryAttempts: 0,
    fetchFn: (input: string, init: RequestInit) => {
      abort = new AbortController();
      return fetch(input, {
        ...init,
        signal: AbortSignal.any([abort.signal, ...(init.signal ? [init.signal] : [])]),
      });
    },
  });
  onTestFinished(() => client.dispose());
  return {
    open: (document, variables) =>
      client.iterate({ query: document.toString(), variables }) as never,
    cut: () => abort.abort(),
  };
}

async function store(url: string, key: string): Promise<string> {
  const { storeMemory } = await request(url, StoreMemory, { input: { key, value: key } });
  return expectType(storeMemory, 'WritePayload').cursor;
}

/** Reads events until one of them holds the key; returns all keys and the last cursor. */
async function readUntil(
  stream: AsyncIterableIterator<Payload<MemoryChangesSubscription>>,
  key: string,
): Promise<{ keys: string[]; cursor: string }> {
  const keys: string[] = [];
  for (;;) {
    const { value, done } = await stream.next();
    if (done === true) throw new Error(`the stream ended before ${key}; it told ${keys.join()}`);
    const batch = expectType(
      (value as Payload<MemoryChangesSubscription>).data?.memoryChanges,
      'MemoryChangeBatch',
    );
    keys.push(...batch.changes.map((change) => change.memory.key));
    if (keys.includes(key)) return { keys, cursor: batch.endCursor };
  }
}

async function start(): Promise<{ server: TestServer; head: string }> {
  const server = await startTestServer();
  return { server, head: (await server.manager.namespace('default').status()).headCursor };
}

const CLIENTS = [
  ['graphql-ws', wsClient],
  ['graphql-sse', sseClient],
] as const;

for (const [name, connect] of CLIENTS) {
  it(`${name}: tells every change once, and resumes by cursor after a broken connection`, async () => {
    const { server, head } = await start();
    const client = connect(server.url);
    const stream = client.open<MemoryChangesSubscription>(MemoryChanges.toString(), {
      after: head,
    });
    await store(server.url, 'a');
    await store(server.url, 'b');
    const before = await readUntil(stream, 'b');
    expect(before.keys).toEqual(['a', 'b']);
    const broken = stream.next();
    client.cut();
    await expect(broken).rejects.toBeDefined();
    await store(server.url, 'missed');
    const resumed = connect(server.url).open<MemoryChangesSubscription>(MemoryChanges.toString(), {
      after: before.cursor,
    });
    await store(server.url, 'c');
    expect((await readUntil(resumed, 'c')).keys).toEqual(['missed', 'c']);
    await resumed.return?.();
  });

  it(`${name}: sees the stream end when the server stops, and resumes after a restart on the same file`, async () => {
    const { server, head } = await start();
    const stream = connect(server.url).open<MemoryChangesSubscription>(MemoryChanges.toString(), {
      after: head,
    });
    await store(server.url, 'a');
    const before = await readUntil(stream, 'a');
    await store(server.url, 'b');
    const ended = drain(stream);
    await server.stop();
    await ended;
    const again = await startTestServer({ path: server.path });
    await store(again.url, 'c');
    const resumed = connect(again.url).open<MemoryChangesSubscription>(MemoryChanges.toString(), {
      after: before.cursor,
    });
    expect((await readUntil(resumed, 'c')).keys).toEqual(['b', 'c']);
    await resumed.return?.();
  });

  it(`${name}: filters, and gets the news that a cursor belongs to another history`, async () => {
    const { server, head } = await start();
    const client = connect(server.url);
    const where = { key: { startsWith: 'fact_' } };
    const stream = client.open<MemoryChangesSubscription>(MemoryChanges.toString(), {
      after: head,
      where,
    });
    await store(server.url, 'other');
    await store(server.url, 'fact_1');
    expect((await readUntil(stream, 'fact_1')).keys).toEqual(['fact_1']);
    await stream.return?.();
    const foreign = Buffer.from('ffffffff:1').toString('base64url');
    const expired = client.open<MemoryChangesSubscription>(MemoryChanges.toString(), {
      after: foreign,
    });
    const first = await expired.next();
    expect(
      expectType(
        (first.value as Payload<MemoryChangesSubscription>).data?.memoryChanges,
        'ResumeExpired',
      ).headCursor,
    ).not.toBe('');
    expect((await expired.next()).done).toBe(true);
  });

  it(`${name}: streams statistics, and refuses a bad interval with its code`, async () => {
    const { server } = await start();
    const client = connect(server.url);
    const stream = client.open<unknown>(StatsStream.toString(), { intervalMs: 250 });
    const times: string[] = [];
    for await (const payload of stream) {
      times.push((payload.data as { stats: { at: string } }).stats.at);
      if (times.length === 3) break;
    }
    expect([...times].sort()).toEqual(times);
    const refused = await drain(client.open<unknown>(StatsStream.toString(), { intervalMs: 1 }));
    expect(JSON.stringify(refused)).toContain('"VALIDATION"');
  });
}

it('reconnects by itself with the official client, which asks for the last cursor at each attempt', async () => {
  const { server, head } = await start();
  let cursor = head;
  let socket: WebSocket | undefined;
  const client = createWsClient({
    url: server.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 5,
    retryWait: () => Promise.resolve(),
    shouldRetry: () => true,
    on: {
      connected: (connected) => {
        socket = connected as WebSocket;
      },
    },
  });
  onTestFinished(async () => await client.dispose());
  const keys: string[] = [];
  const seen = new Map<string, () => void>();
  const waitFor = (key: string): Promise<void> => new Promise((resolve) => seen.set(key, resolve));
  const c = waitFor('c');
  const a = waitFor('a');
  // A getter: graphql-ws serialises the payload anew at every connection.
  const variables = {
    get after() {
      return cursor;
    },
  };
  client.subscribe<MemoryChangesSubscription>(
    { query: MemoryChanges.toString(), variables },
    {
      next: ({ data }) => {
        const batch = expectType(data?.memoryChanges, 'MemoryChangeBatch');
        cursor = batch.endCursor;
        for (const change of batch.changes) {
          keys.push(change.memory.key);
          seen.get(change.memory.key)?.();
        }
      },
      error: () => {},
      complete: () => {},
    },
  );
  await store(server.url, 'a');
  await a;
  socket?.terminate();
  await store(server.url, 'b');
  await store(server.url, 'c');
  await c;
  expect(keys).toEqual(['a', 'b', 'c']);
});

/** Everything a stream still tells; errors of the stream are part of it. */
async function drain(stream: AsyncIterableIterator<unknown>): Promise<unknown[]> {
  const events: unknown[] = [];
  try {
    for await (const event of stream) events.push(event);
  } catch (error) {
    events.push(error instanceof Error ? error.message : error);
  }
  return events;
}
