import type { ServerResponse } from 'node:http';
import type { HealthState } from '../engine/index.ts';

export const LIVE_PATH = '/-/live';
export const READY_PATH = '/-/ready';

/** The process answers: nothing else is looked at, so that a slow store never makes a supervisor kill it. */
export function answerLive(response: ServerResponse): void {
  answer(response, 200, { status: 'live' });
}

/** 200 while requests should be sent here: the store can read and the server is not stopping. Never throws. */
export function answerReady(
  response: ServerResponse,
  storeState: HealthState,
  draining: boolean,
): void {
  const state = draining ? 'STOPPING' : storeState;
  const ready = state === 'OK' || state === 'DEGRADED' || state === 'READ_ONLY';
  answer(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', state });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
