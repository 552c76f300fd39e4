import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { WriterConnection } from '../../../src/engine/pool/writer-connection.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';

const DEATHS = 3;

it('a call is made again as often as the thread dies before it has answered', async () => {
  const path = await makeTestPath();
  let respawns = 0;
  const connection = new WriterConnection(
    {
      thread: {
        ...{ path, role: 'writer', synchronous: 'FULL', mmapSize: 0, embedder: null },
        slowQueryMs: Number.POSITIVE_INFINITY,
      },
      retryBackoff: 1,
      retryAttempts: 0,
      events: { onSlow: () => undefined },
      tracer: null,
    },
    () => {
      respawns += 1;
    },
    () => undefined,
  );
  onTestFinished(() => connection.close());
  await connection.open();
  let answered = false;
  const reserving = connection.call('reserveIds', { count: 1 }).finally(() => {
    answered = true;
  });
  reserving.catch(() => undefined);
  for (let death = 0; death < DEATHS; death += 1) {
    // A reopened thread is sent the call in the same turn, and cannot have answered before the next one.
    while (connection.meter.state !== 'OK' && !answered) await setImmediate();
    await connection.terminateThread();
    while (connection.meter.state === 'OK' && !answered) await setImmediate();
  }
  expect(await reserving).toBeGreaterThan(0);
  expect(respawns).toBe(DEATHS);
});
