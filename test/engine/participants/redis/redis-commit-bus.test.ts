import { expect, it } from 'vitest';
import { openTestRedis } from '../../../support/open-test-redis.ts';
import { startRedis } from '../../../support/start-redis.ts';

type Bus = Awaited<ReturnType<typeof openTestRedis>>['bus'];
type Message = { readonly csn: number; readonly headSeq: number } | null;

/** What a listener was told, to be awaited one by one. */
function listen(bus: Bus) {
  const told: Message[] = [];
  let wake = () => {};
  const stop = bus.subscribe((message) => {
    told.push(message);
    wake();
  });
  return {
    stop,
    async next(): Promise<Message> {
      while (told.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return told.shift() ?? null;
    },
    get waiting(): number {
      return told.length;
    },
  };
}

it('tells commits to other processes on the same store, and to no other store', async () => {
  const server = await startRedis();
  const storeId = 'one-store';
  const writer = await openTestRedis(server.url, { storeId });
  const reader = await openTestRedis(server.url, { storeId });
  const stranger = await openTestRedis(server.url);
  const own = listen(writer.bus);
  const other = listen(reader.bus);
  const strange = listen(stranger.bus);
  // Each subscription that stands says so.
  for (const listener of [own, other, strange]) expect(await listener.next()).toBeNull();
  writer.bus.publish({ csn: 7, headSeq: 9 });
  expect(await other.next()).toEqual({ csn: 7, headSeq: 9 });
  expect(await own.next()).toEqual({ csn: 7, headSeq: 9 });
  await server.command('PUBLISH', 'trinitas:{one-store}:commits', 'not of our making');
  expect(await other.next()).toBeNull();
  expect(strange.waiting).toBe(0);
  other.stop();
  expect(await own.next()).toBeNull();
  writer.bus.publish({ csn: 8, headSeq: 10 });
  expect(await own.next()).toEqual({ csn: 8, headSeq: 10 });
  expect(other.waiting).toBe(0);
});

it('says null after a reconnect, since messages were lost', async () => {
  const server = await startRedis();
  const { bus, cache } = await openTestRedis(server.url);
  const listener = listen(bus);
  expect(await listener.next()).toBeNull();
  // Heard from before the kill on: the cache may believe in its connection for a while after it.
  const back = new Promise<void>((resolve) => cache.onAvailable(resolve));
  await server.kill();
  bus.publish({ csn: 1, headSeq: 1 });
  await server.restart();
  expect(await listener.next()).toBeNull();
  await back;
  bus.publish({ csn: 2, headSeq: 2 });
  expect(await listener.next()).toEqual({ csn: 2, headSeq: 2 });
});

it('finds out by a probe that its server hangs, and listens again when it goes on', async () => {
  const server = await startRedis();
  const { bus, cache } = await openTestRedis(server.url, { commandTimeoutMs: 400 });
  const listener = listen(bus);
  expect(await listener.next()).toBeNull();
  server.pause();
  await cache.probe();
  server.resume();
  expect(await listener.next()).toBeNull();
});
