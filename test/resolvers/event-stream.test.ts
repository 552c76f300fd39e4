import { expect, it, vi } from 'vitest';
import type { MemoryOperations } from '../../src/engine/index.ts';
import { createRequestContext, type RequestContext } from '../../src/resolvers/context.ts';
import { openEventStream } from '../../src/resolvers/event-stream.ts';
import { Gate } from '../support/gate.ts';

function makeContext(signal: AbortSignal): { context: RequestContext; release: () => void } {
  const release = vi.fn();
  const context = createRequestContext({
    memories: {} as MemoryOperations,
    credential: { role: 'admin', namespace: 'default' },
    transactionId: null,
    requestId: 'r',
    signal,
    subscriptions: { acquire: () => release },
    requests: { waiting: 0, refused: 0 },
    limits: { cost: 1, transactionTimeoutMs: 1, transactionIdleTimeoutMs: 1 },
  });
  return { context, release };
}

/** Tells the given events, then stays silent until it is aborted. */
async function* quietAfter(events: readonly number[], signal: AbortSignal): AsyncGenerator<number> {
  yield* events;
  if (signal.aborted) return;
  const aborted = new Gate();
  signal.addEventListener('abort', () => aborted.open());
  await aborted.opened;
}

it('ends a quiet stream at once when its reader leaves, although a read is pending', async () => {
  const { context, release } = makeContext(new AbortController().signal);
  const stream = openEventStream(context, (signal) => quietAfter([1], signal));
  expect(await stream.next()).toEqual({ done: false, value: 1 });
  const pending = stream.next();
  expect(await stream.return(undefined)).toEqual({ done: true, value: undefined });
  expect(await pending).toEqual({ done: true, value: undefined });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(release).toHaveBeenCalledTimes(1);
});

it('ends when the server drains, also when it drained before', async () => {
  const server = new AbortController();
  const { context, release } = makeContext(server.signal);
  const stream = openEventStream(context, (signal) => quietAfter([], signal));
  const pending = stream.next();
  server.abort();
  expect(await pending).toEqual({ done: true, value: undefined });
  const late = openEventStream(context, async function* (signal) {
    if (!signal.aborted) yield 1;
  });
  expect(await late.next()).toEqual({ done: true, value: undefined });
  expect(release).toHaveBeenCalledTimes(2);
});

it('gives its slot back once when the source fails, and when it cannot be opened', async () => {
  const { context, release } = makeContext(new AbortController().signal);
  const failing = openEventStream(context, async function* (): AsyncGenerator<number> {
    yield 1;
    throw new Error('broken');
  });
  await failing.next();
  await expect(failing.next()).rejects.toThrow('broken');
  await failing.return(undefined);
  expect(release).toHaveBeenCalledTimes(1);
  const open = (): AsyncIterable<number> => {
    throw new Error('cannot open');
  };
  expect(() => openEventStream(context, open)).toThrow('cannot open');
  expect(release).toHaveBeenCalledTimes(2);
});

it('forgets loads before each event, so that an event never shows what was loaded for another', async () => {
  const { context } = makeContext(new AbortController().signal);
  const cleared = vi.spyOn(context.loaders.memories, 'clearAll');
  const stream = openEventStream(context, (signal) => quietAfter([1, 2, 3], signal));
  for (const value of [1, 2, 3]) expect((await stream.next()).value).toBe(value);
  expect(cleared).toHaveBeenCalledTimes(3);
  await stream.return(undefined);
});
