import { check, fail } from 'k6';
import exec from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';
import { setTimeout } from 'k6/timers';
import { WebSocket } from 'k6/websockets';
import { send, URL } from '../client.ts';
import { type RunData, removeAll } from '../data.ts';
import { CHANGES, HEAD, LIST, STORE } from '../documents.ts';
import { optionsOf, SUBSCRIBE_SECONDS } from '../options.ts';
import { summarise } from '../summary.ts';

/*
 * Many subscribers over graphql-transport-ws while one writer stores numbered memories: each must get every number, in order,
 * once. All begin at the cursor that setup read, so those that connect late miss nothing either.
 */

export const options = optionsOf('subscribe');
export const handleSummary = summarise('subscribe');

interface SubscribeData extends RunData {
  readonly after: string;
}
interface Change {
  readonly memory: { readonly value: { readonly number: number; readonly sentAt: number } };
}

/** After the last store: long enough for every change that is under way. */
const GRACE_SECONDS = 3;

/** From before the store was sent to the event, ms; sender and receiver share a clock. */
const delay = new Trend('change_delay', true);
const received = new Counter('changes_received');
const outOfOrder = new Counter('changes_out_of_order');

export function setup(): SubscribeData {
  const { data, code } = send(HEAD, {});
  if (data === null) fail(`no status: ${code}`);
  outOfOrder.add(0);
  const prefix = `k6_${Date.now().toString(36)}_`;
  return { prefix, memories: 0, after: String(data['headCursor']) };
}

export const teardown = (data: SubscribeData): void => removeAll(data);

export function write({ prefix }: SubscribeData): void {
  const number = exec.scenario.iterationInTest;
  send(STORE, { input: { key: `${prefix}${number}`, value: { number, sentAt: Date.now() } } });
}

export function listen({ prefix, after }: SubscribeData): void {
  const socket = new WebSocket(URL.replace(/^http/, 'ws'), null, {
    headers: { 'Sec-WebSocket-Protocol': 'graphql-transport-ws', ...authorization() },
  });
  const say = (message: object): void => socket.send(JSON.stringify(message));
  let count = 0;
  const onChanges = (changes: readonly Change[]): void => {
    for (const { memory } of changes) {
      const { number, sentAt } = memory.value;
      if (number !== count) outOfOrder.add(1);
      count += 1;
      received.add(1);
      delay.add(Date.now() - sentAt);
    }
  };
  socket.onopen = () => {
    say({ type: 'connection_init', payload: authorization() });
    setTimeout(
      () => {
        const { data } = send(LIST, { where: { key: { startsWith: prefix } }, first: 1 });
        check(data, { 'every change was delivered': () => data?.['totalCount'] === count });
        say({ id: 'changes', type: 'complete' });
        socket.close();
      },
      (SUBSCRIBE_SECONDS + GRACE_SECONDS) * 1000,
    );
  };
  socket.onmessage = (message) => {
    const { type, payload } = JSON.parse(String(message?.data)) as {
      readonly type: string;
      readonly payload?: { readonly data?: { readonly memoryChanges?: unknown } };
    };
    if (type === 'connection_ack')
      say({
        id: 'changes',
        type: 'subscribe',
        payload: { query: CHANGES, variables: { after, prefix } },
      });
    else if (type === 'ping') say({ type: 'pong' });
    else if (type === 'next') {
      const event = payload?.data?.memoryChanges as { readonly changes?: readonly Change[] };
      check(event, { 'an event brings changes': () => event?.changes !== undefined });
      onChanges(event?.changes ?? []);
    } else check(type, { 'no stream fails': () => false });
  };
  socket.onerror = (failure) => {
    check(failure, { 'no connection fails': () => false });
    console.error(`WebSocket: ${failure?.error}`);
  };
}

function authorization(): Record<string, string> {
  const token = __ENV['K6_TOKEN'];
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
