import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { STORE } from '../../k6/documents.ts';
import { topicOf, wallClock } from './subscriber-task.ts';

const TICK_MS = 5;
/** Idle sockets are closed from here before the server does it (5 s): a store may be on its way just then. */
const IDLE_MS = 2_000;

export interface PacedStores {
  /** Milliseconds from sending to the answer. */
  readonly durations: readonly number[];
  readonly seconds: number;
  /** The numbers that were acknowledged. */
  readonly stored: readonly number[];
  /** How many the server asked to send again later, since it could not begin them in time. */
  readonly refused: number;
}

/** Sends `perSecond` stores a second over HTTP, whether earlier ones are answered or not; throws when one fails. */
export async function pacedStores(
  url: string,
  firstNumber: number,
  perSecond: number,
  seconds: number,
): Promise<PacedStores> {
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const durations: number[] = [];
  const stored: number[] = [];
  let refused = 0;
  const underWay: Promise<void>[] = [];
  const startedAt = performance.now();
  const store = async (number: number): Promise<void> => {
    const sentAt = wallClock();
    if (!(await send(agent, url, number, sentAt))) {
      refused += 1;
      return;
    }
    durations.push(wallClock() - sentAt);
    stored.push(number);
  };
  const all = Math.round(perSecond * seconds);
  for (let sent = 0; sent < all; ) {
    const due = Math.min(all, Math.ceil(((performance.now() - startedAt) / 1000) * perSecond));
    for (; sent < due; sent += 1) underWay.push(store(firstNumber + sent));
    await pause(TICK_MS);
  }
  await Promise.all(underWay);
  agent.destroy();
  return { durations, seconds: (performance.now() - startedAt) / 1000, stored, refused };
}

/** False when it was refused before anything was done. */
async function send(agent: Agent, url: string, number: number, sentAt: number): Promise<boolean> {
  const input = {
    key: `told_${number}`,
    value: { number, sentAt, text: 'owls hunt at night by hearing' },
    tags: [topicOf(number)],
  };
  const body = JSON.stringify({ query: STORE.document, variables: { input } });
  const [status, answer] = await new Promise<readonly [number, string]>((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    request(url, { agent, method: 'POST', headers }, (response) =>
      text(response).then((body) => resolve([response.statusCode ?? 0, body]), reject),
    )
      .once('error', reject)
      .end(body);
  });
  if (status === 503 && answer.includes('"OVERLOADED"')) return false;
  if (!answer.includes(`"__typename":"${STORE.answer}"`)) throw new Error(answer.slice(0, 300));
  return true;
}
