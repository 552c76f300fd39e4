import { describe, expect, it, vi } from 'vitest';
import { openSqlite } from '../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../src/engine/backends/sqlite.ts';
import { MemoryConnectionError, MemorySystemError } from '../../src/engine/errors.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { ReaderPool } from '../../src/engine/pool/reader-pool.ts';
import { MemorySpace, storing } from '../support/memory-space.ts';
import { makeTestPath } from '../support/open-test-backend.ts';
import { commit, openWriteSession } from '../support/open-write-session.ts';
import { randomFrom } from '../support/random.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

async function openCrashable(path: string): Promise<SqliteBackend> {
  const memory = { sqlite_path: path, max_connections: 4 };
  return await openSqlite(parseEngineConfig({ memory }));
}

/** Threads started from now on throw while they load, as with a broken installation. The vitest process itself has started. */
function breakNewThreads(): void {
  vi.stubEnv('NODE_OPTIONS', '--import data:text/javascript,throw%20new%20Error("broken")');
}

/** What became of a call: `null` = done, else the error, which must be one of ours. */
async function failureOf(work: Promise<unknown>): Promise<MemorySystemError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof MemorySystemError) return error;
    throw error;
  }
}

const allOk = (backend: SqliteBackend) => () =>
  backend.health().every(({ state }) => state === 'OK');

describe('readers and the writer ended at random under a mixed load', () => {
  it(`lose nothing acknowledged, answer every call, and the pool heals (seed ${SEED})`, async () => {
    const path = await makeTestPath();
    const backend = await openCrashable(path);
    await backend.resize(3);
    const space = new MemorySpace(backend, 'main');
    const random = randomFrom(SEED);
    const acknowledged = new Map<string, number>();
    const failures: MemorySystemError[] = [];
    let calls = 0;
    let crashes = 0;
    const oneCall = async (name: number, turn: number): Promise<void> => {
      const key = `${name}-${turn % 10}`;
      const kind = random(4);
      if (kind === 0) {
        await space.store(key, turn);
        acknowledged.set(key, turn);
      } else if (kind === 1) {
        const known = acknowledged.get(key);
        if (known !== undefined) expect(await space.valueText(key)).toBe(String(known));
      } else if (kind === 2) {
        await space.list({ limit: 5 });
      } else {
        const view = await backend.openTransaction('main', 'REPEATABLE_READ');
        try {
          await view.write([storing(key, turn)], Date.now(), Date.now() + 60_000);
        } finally {
          await view.end();
        }
      }
    };
    const caller = async (name: number): Promise<void> => {
      for (let turn = 0; turn < 25; turn += 1) {
        const failure = await failureOf(oneCall(name, turn));
        if (failure !== null) failures.push(failure);
        calls += 1;
        if (random(25) !== 0) continue;
        crashes += 1;
        await backend.crash(random(2) === 0 ? 'writer' : 'reader');
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, name) => caller(name)));
    expect(calls).toBe(400);
    expect(crashes).toBeGreaterThan(3);
    // A crash loses a read only after several in a row, a snapshot at once; a write never.
    for (const { code } of failures) expect(['CONNECTION', 'SNAPSHOT_TOO_OLD']).toContain(code);
    expect(failures.length).toBeLessThan(calls / 4);
    await expect.poll(allOk(backend)).toBe(true);
    const keys = [...acknowledged.keys()];
    const found = await space.getMany(keys.map((key) => ({ key })));
    expect(found.map((record) => record?.valueText)).toEqual(
      keys.map((key) => String(acknowledged.get(key))),
    );
    console.info(`${crashes} crashes, ${calls} calls, ${failures.length} failed, seed ${SEED}`);
    await backend.close();
  });
});

describe('a thread that fails at its start', () => {
  it('refuses to open the engine instead of hanging, and opens it when it is mended', async () => {
    const path = await makeTestPath();
    breakNewThreads();
    await expect(openCrashable(path)).rejects.toBeInstanceOf(MemoryConnectionError);
    vi.unstubAllEnvs();
    const backend = await openCrashable(path);
    expect((await new MemorySpace(backend, 'main').store('k', 1)).version).toBe(1);
    await backend.close();
  });

  it('instead of one that died: calls end at their deadlines, nothing is lost, the pool heals', async () => {
    const path = await makeTestPath();
    const backend = await openCrashable(path);
    const space = new MemorySpace(backend, 'main');
    await space.store('before', 1);
    breakNewThreads();
    await backend.crash('writer');
    for (const _reader of backend.health().slice(1)) await backend.crash('reader');
    const deadline = Date.now() + 1_500;
    const read = { namespace: 'main', targets: [{ key: 'before' }], now: Date.now() };
    const failures = await Promise.all([
      failureOf(space.write([storing('late', 1)], { deadline })),
      failureOf(backend.read('getMany', read, { deadline })),
      failureOf(backend.read('getMany', read, { deadline })),
    ]);
    for (const failure of failures) expect(failure).toMatchObject({ retryable: true });
    expect(backend.health()[0]?.state).toBe('RECOVERING');
    // Figures come all the same.
    expect((await backend.statistics()).pools).toHaveLength(2);
    vi.unstubAllEnvs();
    await expect.poll(allOk(backend)).toBe(true);
    expect(await space.valueText('before')).toBe('1');
    expect((await space.store('after', 1)).version).toBe(1);
    await backend.close();
  });
});

describe('a reader stuck in one native call', () => {
  it('is replaced after the deadline: its read ends there, the next reads are answered', async () => {
    const path = await makeTestPath();
    const session = openWriteSession(path);
    // One comparison of half of it with the whole: seconds inside of SQLite, where no clock function is called.
    commit(session, storing('long', 'a'.repeat(400_000)), storing('short', 1));
    const pool = new ReaderPool(1, {
      thread: {
        path,
        role: 'reader',
        synchronous: 'FULL',
        mmapSize: 0,
        embedder: null,
        slowQueryMs: 1e9,
      },
      retryBackoff: 1.5,
      retryAttempts: 3,
      connectionTimeoutMs: 60_000,
      stuckAfterMs: 200,
      tracer: null,
      events: { onSlow: () => undefined },
    });
    await pool.ready();
    const page = {
      order: [],
      limit: 10,
      after: null,
      before: null,
      fromEnd: false,
      withTotal: false,
    };
    const filter = {
      operand: { json: 'value' as const, path: [] },
      comparison: { operator: 'contains' as const, value: `${'a'.repeat(200_000)}b` },
    };
    const now = Date.now();
    const stuck = failureOf(
      pool.read('list', { namespace: 'main', filter, ...page, now }, now + 200),
    );
    const get = { namespace: 'main', targets: [{ key: 'short' }], now };
    // Sent on its own, not in one batch with the next.
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    // Behind the stuck one in the same thread; it outlives the thread and is answered by the next.
    const [found] = await pool.read('getMany', get, now + 60_000);
    expect(found?.valueText).toBe('1');
    expect((await stuck)?.code).toBe('TIMEOUT');
    await expect.poll(() => pool.readers[0]?.meter.state).toBe('OK');
    expect((await pool.read('getMany', get, Date.now() + 60_000))[0]?.valueText).toBe('1');
    await pool.close();
  });
});
