import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { built } from '../support/built.ts';
import { type BackendKind, makeTestPath } from '../support/open-test-backend.ts';
import { firstLine } from '../support/server-process.ts';
import { expectType, request } from '../support/test-client.ts';
import { StoreMemory } from '../support/write-documents.graphql.ts';

const SCRIPT = 'test/support/acknowledge-writes.ts';
const WRITES = 20;

/** Only the calls that are counted stop the process; strings long enough for a whole answer of the server. */
const STRACE = ['-f', '--seccomp-bpf', '-s', '4096', '-e', 'trace=fsync,fdatasync,write,writev'];

/** A sync that ended well, whether or not another thread's call stood in between. */
const SYNCED = /(?:fdatasync|fsync)(?:\(\d+\)| resumed>\)) += 0$/;

/** Why system calls cannot be watched here; null when they can. */
function obstacle(): string | null {
  const { error, status, stderr } = spawnSync('strace', [...STRACE, '-o', '/dev/null', 'true']);
  if (error !== undefined) return error.message;
  return status === 0 ? null : stderr.toString().trim();
}

/** Successful syncs between each two acknowledgements that follow one another. */
function syncsBetween(trace: string, isAcknowledgement: (line: string) => boolean): number[] {
  const syncs: number[] = [];
  let since: number | null = null;
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    if (isAcknowledgement(line)) {
      if (since !== null) syncs.push(since);
      since = 0;
    } else if (since !== null && SYNCED.test(line)) {
      since += 1;
    }
  }
  return syncs;
}

/** A process that uses the library, storing one memory after the other. */
async function libraryWrites(kind: BackendKind, synchronous: string): Promise<readonly number[]> {
  const path = await makeTestPath();
  const trace = `${path}.strace`;
  const watched = [process.execPath, built(SCRIPT), path, kind, synchronous, String(WRITES)];
  const { status, stderr } = spawnSync('strace', [...STRACE, '-o', trace, ...watched], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return syncsBetween(trace, (line) => /\bwrite\(1, "ack \d+\\n"/.test(line));
}

/** The process that strace watches; a signal to strace itself would not reach it. */
function watchedPid({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

/** The server, and a client that stores one memory after the other over GraphQL; an answer on the socket is the acknowledgement. */
async function serverWrites(synchronous: string): Promise<readonly number[]> {
  const path = await makeTestPath();
  const trace = `${path}.strace`;
  const watched = [process.execPath, built('src/main.ts')];
  const strace = spawn('strace', [...STRACE, '-o', trace, ...watched], {
    env: {
      PATH: process.env['PATH'],
      TRINITAS_MEMORY__SQLITE_PATH: path,
      TRINITAS_MEMORY__SYNCHRONOUS: synchronous,
      TRINITAS_SERVER__PORT: '0',
      TRINITAS_SERVER__LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(strace, 'exit');
  const server = { pid: 0 };
  onTestFinished(async () => {
    if (strace.exitCode === null && server.pid > 0) process.kill(server.pid, 'SIGKILL');
    strace.kill('SIGKILL');
    await exited;
  });
  const line = await firstLine(strace, () => 'see above');
  server.pid = watchedPid(strace);
  const url = line.replace('Trinitas listens on ', '');
  for (let index = 0; index <= WRITES; index += 1) {
    const input = { key: `ack-${index}.`, value: index };
    const { storeMemory } = await request(url, StoreMemory, { input });
    expectType(storeMemory, 'WritePayload');
  }
  process.kill(server.pid, 'SIGTERM');
  expect(await exited).toEqual([0, null]);
  return syncsBetween(trace, (text) => /\bwritev?\(\d+, .*WritePayload.*ack-\d+\./.test(text));
}

/** Where strace is missing or may not trace, these tests print the reason and prove nothing. */
describe('an acknowledged write was flushed to the disk', () => {
  const reason = obstacle();
  if (reason !== null) console.warn(`system calls cannot be watched here: ${reason}`);

  it.each<BackendKind>(['sqlite', 'sqlite_sync'])(
    '%s FULL: at least one sync lies before each acknowledgement',
    async (kind) => {
      if (reason !== null) return;
      const syncs = await libraryWrites(kind, 'FULL');
      console.info(`${kind} FULL, syncs before each acknowledgement: ${syncs.join(' ')}`);
      expect(syncs).toHaveLength(WRITES);
      expect(Math.min(...syncs)).toBeGreaterThanOrEqual(1);
    },
  );

  it('sqlite NORMAL: none does, which shows that the test above can fail', async () => {
    if (reason !== null) return;
    const syncs = await libraryWrites('sqlite', 'NORMAL');
    expect(syncs).toEqual(new Array(WRITES).fill(0));
  });

  it('the server, FULL: at least one sync lies before each answer over GraphQL', async () => {
    if (reason !== null) return;
    const syncs = await serverWrites('FULL');
    console.info(`server FULL, syncs before each answer: ${syncs.join(' ')}`);
    expect(syncs).toHaveLength(WRITES);
    expect(Math.min(...syncs)).toBeGreaterThanOrEqual(1);
  });

  it('the server, NORMAL: none does', async () => {
    if (reason !== null) return;
    expect(await serverWrites('NORMAL')).toEqual(new Array(WRITES).fill(0));
  });
});
