import { expect, it } from 'vitest';
import { openSqlite } from '../../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../../src/engine/backends/sqlite.ts';
import { MemoryTimeoutError } from '../../../src/engine/errors.ts';
import { parseEngineConfig } from '../../../src/engine/options.ts';
import { ReadQueue } from '../../../src/engine/pool/read-queue.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';

const summary = { namespace: 'main', now: Date.now() };

async function openBackend(memory: Record<string, unknown>): Promise<SqliteBackend> {
  const sqlite_path = await makeTestPath();
  return openSqlite(parseEngineConfig({ memory: { ...memory, sqlite_path } }));
}

it('connection_timeout bounds how long a read waits for a connection', async () => {
  const queue = new ReadQueue(0);
  const request = { kind: 'summary', args: summary, deadline: Date.now() + 60_000 } as const;
  const pending = queue.add(request);
  const failure = expect(pending.answer).rejects.toBeInstanceOf(MemoryTimeoutError);
  // The clock of the queue has to move on by the smallest step.
  const start = performance.now();
  while (performance.now() === start);
  queue.expire(Date.now());
  await failure;
  expect(queue.length).toBe(0);
});

it('retry_attempts 0 tells the caller that the connection died, the default tries again', async () => {
  const impatient = await openBackend({ retry_attempts: 0 });
  try {
    await impatient.crash('reader');
    await expect(impatient.read('summary', summary)).rejects.toMatchObject({ code: 'CONNECTION' });
    expect((await impatient.read('summary', summary)).total).toBe(0);
  } finally {
    await impatient.close();
  }
  const patient = await openBackend({});
  try {
    await patient.crash('reader');
    expect((await patient.read('summary', summary)).total).toBe(0);
  } finally {
    await patient.close();
  }
});
