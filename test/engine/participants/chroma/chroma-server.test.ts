import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ChromaServer } from '../../../../src/engine/participants/chroma/chroma-server.ts';
import { built } from '../../../support/built.ts';
import { chromaServersOf, untilChromaServers } from '../../../support/chroma-servers.ts';
import {
  COLLECTION,
  openTestStore,
  recordsOf,
  soon,
  TERMS,
  untilAvailable,
} from './chroma-fixture.ts';

const OWNER = built('test/support/chroma-owner.ts');

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'trinitas-chroma-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Resolves when its record is acknowledged. */
async function startOwner(directory: string) {
  const child = spawn(process.execPath, [OWNER, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    expect(line).toBe('ready');
    break;
  }
  return { child, exited };
}

describe('a Chroma server of the engine’s own', () => {
  it('is started, started again when it dies, and ended', async () => {
    const directory = join(temporaryDirectory(), 'made', 'on demand');
    const store = await openTestStore({ path: directory });
    expect(store.statistics()).toMatchObject({ state: 'OK', message: null });
    await store.put(COLLECTION, recordsOf(5), soon());
    const [first, ...others] = chromaServersOf(directory);
    expect(others).toEqual([]);
    if (first === undefined) throw new Error('there is no server');

    process.kill(first, 'SIGKILL');
    await untilChromaServers(directory, (pids) => pids.length === 1 && pids[0] !== first);
    while (store.statistics().reconnects === 0) {
      await new Promise(setImmediate);
      await store.probe();
    }
    await untilAvailable(store);
    expect(await store.count(COLLECTION)).toBe(5);
    await store.put(COLLECTION, recordsOf(8), soon());
    expect(await store.count(COLLECTION)).toBe(8);

    await store.close();
    expect(chromaServersOf(directory)).toEqual([]);
    expect(store.statistics()).toMatchObject({ state: 'CLOSED' });
    await expect(store.count(COLLECTION)).rejects.toMatchObject({
      code: 'PARTICIPANT_UNAVAILABLE',
    });
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('ends when our process ends by %s', async (signal) => {
    const directory = temporaryDirectory();
    const owner = await startOwner(directory);
    expect(chromaServersOf(directory)).toHaveLength(1);
    owner.child.kill(signal);
    await owner.exited;
    await untilChromaServers(directory, (pids) => pids.length === 0);
  });

  it('runs once for a directory, and is taken over when the first owner ends', async () => {
    const directory = temporaryDirectory();
    const one = await openTestStore({ path: directory });
    await one.put(COLLECTION, recordsOf(2), soon());
    const two = await openTestStore({ path: directory });
    expect(two.available).toBe(false);
    expect(two.statistics().message).toContain('another process runs the Chroma server');
    expect(chromaServersOf(directory)).toHaveLength(1);
    await one.close();
    await untilAvailable(two);
    expect(await two.count(COLLECTION)).toBe(2);
  });

  it('says what the server said when it cannot start', async () => {
    const directory = temporaryDirectory();
    const cli = join(directory, 'cli.mjs');
    const complaint = "libm.so.6: version `GLIBC_2.38' not found";
    writeFileSync(cli, `process.stderr.write(${JSON.stringify(complaint)}); process.exit(1);`);
    const server = new ChromaServer(cli, directory, TERMS);
    await server.start();
    onTestFinished(() => server.close());
    expect(server.endpoint).toBeNull();
    expect(server.problem).toContain(complaint);
    expect(server.problem).toContain('"chromadb-js-bindings-linux-x64-gnu": "1.0.5"');
  });

  it('is degraded when its directory cannot be made', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    const store = await openTestStore({ path: join(directory, 'file', 'below') });
    expect(store.available).toBe(false);
    expect(store.statistics()).toMatchObject({ state: 'DEGRADED' });
    expect(store.statistics().message).toContain('ENOTDIR');
    await expect(store.put(COLLECTION, recordsOf(1), soon())).rejects.toMatchObject({
      code: 'PARTICIPANT_UNAVAILABLE',
      retryable: true,
    });
  });
});
