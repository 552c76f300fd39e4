import { setMaxListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Statistics } from '../../src/engine/figures.ts';
import { StatisticsSampler } from '../../src/engine/statistics-sampler.ts';

it('tells a sample to many subscribers in several turns of the event loop', async () => {
  const subscribers = 500;
  const sampler = new StatisticsSampler(async () => ({}) as Statistics);
  const controller = new AbortController();
  setMaxListeners(subscribers, controller.signal);
  let told = 0;
  const streams = Array.from({ length: subscribers }, () =>
    sampler.watch(60_000, controller.signal),
  );
  const first = streams.map(async (stream) => {
    await stream.next();
    told += 1;
  });
  const byTurn: number[] = [];
  while (told < subscribers) {
    const before = told;
    await nextTurn();
    byTurn.push(told - before);
  }
  await Promise.all(first);
  expect(Math.max(...byTurn)).toBeLessThan(subscribers / 2);
  controller.abort();
  expect(await Promise.all(streams.map((stream) => stream.next()))).toEqual(
    streams.map(() => ({ done: true, value: undefined })),
  );
});
