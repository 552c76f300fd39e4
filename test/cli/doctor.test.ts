import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChromaClient } from 'chromadb';
import { afterAll, describe, expect, it } from 'vitest';
import type { Check } from '../../src/cli/doctor/check.ts';
import { checkStore } from '../../src/cli/doctor/check-store.ts';
import { examine } from '../../src/cli/doctor/examine.ts';
import { loadConfig } from '../../src/config.ts';
import {
  type EngineConfigInput,
  type MemoryOperations,
  openEngine,
  parseEngineConfig,
} from '../../src/engine/index.ts';
import { makeTestFolder } from '../support/open-test-engine.ts';
import { ChromaTestServer } from '../support/start-chroma.ts';
import { startEmbeddingServer } from '../support/start-embedding-server.ts';
import { startRedis } from '../support/start-redis.ts';
import { Cli } from './cli.ts';

const COUNT = 5;

const cli = new Cli();
afterAll(() => cli.remove());

type Memory = NonNullable<EngineConfigInput['memory']>;

async function withEngine(
  memory: Memory,
  use: (memories: MemoryOperations) => Promise<void>,
): Promise<void> {
  const engine = await openEngine(parseEngineConfig({ memory }));
  try {
    await use(engine.namespace('default'));
  } finally {
    await engine.close();
  }
}

/** Stored, and nothing left to do for Chroma. */
async function storeAll(memories: MemoryOperations): Promise<void> {
  for (let at = 0; at < COUNT; at += 1)
    await memories.store(
      { key: `fact_${at}`, value: `fact number ${at} about owls` },
      { commitMode: 'strict' },
    );
  const waiting = async () =>
    (await memories.inspectParticipants()).every(({ waiting }) => waiting === 0);
  await expect.poll(waiting).toBe(true);
}

const examineMemory = (memory: Memory): Promise<readonly Check[]> =>
  examine(loadConfig({ environment: {}, directory: '/', flags: toFlags(memory) }));

const toFlags = (memory: Memory) =>
  Object.entries(memory).map(([key, value]) => ({ path: ['memory', key], value, origin: key }));

const findings = (checks: readonly Check[]): readonly string[] =>
  checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);

describe('trinitas doctor', () => {
  it('sees that all is well, what a running server hides, and what is away', async () => {
    const [folder, redis, chroma] = await Promise.all([
      makeTestFolder(),
      startRedis(),
      ChromaTestServer.start(),
    ]);
    const memory = {
      backend: 'hybrid',
      sqlite_path: join(folder, 'my.db'),
      redis_url: redis.url,
      chroma_url: chroma.url,
      // Far more than the default: Chroma shares the machine with other tests.
      prepare_timeout: 10,
    } as const;
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ memory }));
    await withEngine(memory, async (memories) => {
      await storeAll(memories);
      const owned = await examineMemory(memory);
      expect(findings(owned)).toEqual([]);
      expect(owned.map(({ name }) => name)).toEqual([
        ...['configuration', 'node', 'disk', 'database', 'sqlite', 'redis', 'chroma'],
      ]);
      expect(owned.find(({ name }) => name === 'database')?.detail).toMatch(
        /open in a running Trinitas.*ask it: \{ health/,
      );
    });

    const well = await cli.run(['doctor', '--config', config, '--json']);
    expect(well.stderr).toBe('');
    const report = JSON.parse(well.stdout) as { ok: boolean; checks: readonly Check[] };
    expect(findings(report.checks)).toEqual([]);
    expect(well.code).toBe(0);
    expect(report.ok).toBe(true);
    const detail = (name: string) => report.checks.find((check) => check.name === name)?.detail;
    expect(detail('sqlite')).toMatch(/^SQLite 3\.\d+/);
    expect(detail('redis')).toMatch(/^version \d+\.\d+\.\d+, answers in [\d.]+ ms$/);
    expect(detail('chroma')).toMatch(/^version \d+\.\d+\.\d+, answers in [\d.]+ ms$/);
    expect(detail('vectors')).toMatch(
      new RegExp(`^${COUNT} of ${COUNT} memories have one of static/`),
    );
    expect(detail('chroma content')).toBe(`${COUNT} records, nothing waits`);
    expect(detail('redis content')).toMatch(/^\d+ keys, nothing waits$/);

    await redis.kill();
    const away = await cli.run(['doctor', '--config', config]);
    expect(away.code).toBe(1);
    expect(away.stdout).toMatch(/FINDING +redis +\S.*ECONNREFUSED.*\n +Start Redis/);
    expect(away.stdout).toMatch(/ok +chroma content/);
    expect(away.stdout).toMatch(/Findings: 1\n$/);
  });

  it('counts the records of Chroma that are missing and those that nothing refers to', async () => {
    const [folder, chroma] = await Promise.all([makeTestFolder(), ChromaTestServer.start()]);
    const sqlite_path = join(folder, 'my.db');
    await withEngine(
      { backend: 'hybrid', sqlite_path, chroma_url: chroma.url, prepare_timeout: 10 },
      async (memories) => {
        await storeAll(memories);
        const client = new ChromaClient({ host: '127.0.0.1', port: chroma.port });
        const [collection] = await client.listCollections();
        const { ids, embeddings } = (await collection?.get({ include: ['embeddings'] })) ?? {};
        await collection?.add({ ids: ['7:nobody'], embeddings: embeddings?.slice(0, 1) ?? [] });
        await collection?.delete({ ids: ids?.slice(0, 2) ?? [] });
        const checks = await checkStore(memories);
        expect(findings(checks)).toEqual([
          'chroma content: 2 live records are missing',
          'chroma content: 1 records belong to no memory; no recall sees them',
        ]);
        expect(checks.at(-1)?.remedy).toMatch(/trinitas reindex --target chroma/);
        const { id } = memories.reindex('chroma');
        expect(await memories.whenJobEnded(id)).toMatchObject({ state: 'DONE' });
        expect(findings(await checkStore(memories))).toEqual([]);
      },
    );
  });

  it('names keys that are wrong, keys without effect, and a database that is not there', async () => {
    const folder = await makeTestFolder();
    const path = join(folder, 'no.db');
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, JSON.stringify({ memory: { redis_sections: ['attic'], comit_mode: 1 } }));
    const refused = await cli.run(['doctor', '--config', bad]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/memory\.redis_sections/);
    expect(refused.stderr).toMatch(/memory\.comit_mode: is not a known key/);

    const idle = findings(
      await examineMemory({
        sqlite_path: path,
        redis_url: 'redis://127.0.0.1:1',
        commit_mode: 'strict',
      }),
    );
    expect(idle).toEqual([
      'configuration: memory.redis_url has no effect: the backend is sqlite',
      'configuration: memory.commit_mode has no effect: the backend is sqlite',
      `database: there is no ${path}`,
    ]);
    const alone = findings(await examineMemory({ sqlite_path: path, backend: 'hybrid' }));
    expect(alone[0]).toMatch(/neither Redis nor Chroma is configured/);
    const both = findings(
      await examineMemory({
        sqlite_path: path,
        backend: 'hybrid',
        chroma_url: 'http://127.0.0.1:1',
        chromadb_path: join(folder, 'chroma'),
        redis_sections: ['cache'],
      }),
    );
    expect(both).toEqual([
      'configuration: memory.redis_sections has no effect: there is no Redis',
      'configuration: memory.chromadb_path has no effect: memory.chroma_url goes first',
      `database: there is no ${path}`,
      expect.stringMatching(/^chroma: .*127\.0\.0\.1:1/),
    ]);
    const badUrl = {
      sqlite_path: path,
      backend: 'hybrid',
      chroma_url: 'http://127.0.0.1:1/x',
    } as const;
    expect(findings(await examineMemory(badUrl))).toContainEqual(
      expect.stringMatching(/^configuration: .*without a path/),
    );
    // A file of somebody else is told, and stays as it is.
    writeFileSync(path, 'no database at all, but a text of more than a hundred bytes '.repeat(3));
    const foreign = findings(await examineMemory({ sqlite_path: path }));
    expect(foreign).toEqual([expect.stringMatching(/^database: /)]);
    rmSync(path);
  });

  it('counts the memories that lack a vector', async () => {
    const sqlite_path = join(await makeTestFolder(), 'my.db');
    const { memory, server } = await startEmbeddingServer();
    await server.close();
    await withEngine({ sqlite_path, embedder: { provider: 'none' } }, async (memories) => {
      await memories.store({ key: 'before', value: 'an owl' });
    });
    const none = findings(await examineMemory({ ...memory, sqlite_path }));
    expect(none).toContainEqual(expect.stringMatching(/^vectors: 0 of 1 memories have one of /));
    await withEngine({ ...memory, sqlite_path }, async (memories) => {
      await memories.store({ key: 'fact', value: 'another owl' });
    });
    const waiting = findings(await examineMemory({ ...memory, sqlite_path }));
    expect(waiting).toContainEqual(
      expect.stringMatching(/^vectors: 0 of 2 memories have one of .*, [12] pending/),
    );
  });
});
