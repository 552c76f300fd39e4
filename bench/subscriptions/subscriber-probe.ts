import { setTimeout as pause } from 'node:timers/promises';
import { blockResult } from '../samples.ts';
import { Subscriber } from './subscriber.ts';
import { type SubscriberOrder, type SubscriberReport, topicOf } from './subscriber-task.ts';

/* A process full of subscribers, started by subscriber-process.ts. Ends with its parent. */

/** Connections made at a time. */
const ABREAST = 50;
const LOOK_MS = 20;

const subscribers: Subscriber[] = [];

process.on('message', async (message) => {
  process.send?.(await obey(message as SubscriberOrder));
});
process.on('disconnect', () => process.exit(0));

async function obey(order: SubscriberOrder): Promise<object> {
  if (order.order === 'connect') await connect(order);
  else if (order.order === 'vanish') share(readers(), order.share, (one) => one.vanish());
  else if (order.order === 'report') return await report(order.stored, order.withinMs);
  else for (const one of subscribers.splice(0)) one.state === 'reads' ? one.leave() : one.vanish();
  return {};
}

async function connect({
  url,
  stats,
  changes,
  silentShare,
}: SubscriberOrder & { order: 'connect' }): Promise<void> {
  for (const [kind, count] of [
    ['stats', stats],
    ['changes', changes],
  ] as const) {
    const made: Subscriber[] = [];
    for (let begun = 0; begun < count; begun += ABREAST) {
      const batch = Array.from({ length: Math.min(ABREAST, count - begun) }, (_, index) =>
        Subscriber.connect(url, kind, begun + index),
      );
      made.push(...(await Promise.all(batch)));
    }
    share(made, silentShare, (one) => one.silence());
    subscribers.push(...made);
  }
}

/** Evenly spread, so that every topic has its part. */
function share(
  among: readonly Subscriber[],
  part: number,
  act: (subscriber: Subscriber) => void,
): void {
  const every = Math.round(1 / part);
  if (part > 0)
    for (const [index, one] of among.entries()) if (index % every === every - 1) act(one);
}

function readers(): readonly Subscriber[] {
  return subscribers.filter(({ state }) => state === 'reads');
}

async function report(stored: readonly number[], withinMs: number): Promise<SubscriberReport> {
  const watching = readers().filter(({ kind }) => kind === 'changes');
  const wanted = new Map<string, number[]>();
  for (const number of stored) {
    const topic = topicOf(number);
    wanted.set(topic, [...(wanted.get(topic) ?? []), number]);
  }
  const missing = () =>
    watching.reduce(
      (sum, { told, topic }) =>
        sum + (wanted.get(topic) ?? []).filter((number) => !told.has(number)).length,
      0,
    );
  const until = performance.now() + withinMs;
  while (missing() > 0 && performance.now() < until) await pause(LOOK_MS);
  const failed = readers().find(({ failure }) => failure !== null);
  if (failed !== undefined) throw new Error(`a subscriber of ${failed.kind}: ${failed.failure}`);
  const delays = watching.flatMap(({ delays: own }) => own);
  return {
    delay: blockResult(delays, 1),
    changes: delays.length,
    samples: readers().reduce((sum, { samples }) => sum + samples, 0),
    missed: missing(),
    duplicated: watching.reduce(
      (sum, { told }) => sum + [...told.values()].filter((times) => times > 1).length,
      0,
    ),
  };
}
