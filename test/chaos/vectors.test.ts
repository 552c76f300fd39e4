import { describe, expect, it, onTestFinished } from 'vitest';
import type { EmbeddedText } from '../../src/engine/backends/embedded-text.ts';
import { openSqlite } from '../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../src/engine/backends/sqlite.ts';
import { type EmbedderSetup, instantEmbedder } from '../../src/engine/embedding/embedder-setup.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { MemorySpace, storing } from '../support/memory-space.ts';
import { makeTestPath } from '../support/open-test-backend.ts';
import { randomFrom } from '../support/random.ts';
import { vectorFaults } from '../support/vector-faults.ts';
import { slowSetup, someWords, wordTable } from '../support/word-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const WORDS = someWords(60);
const TURNS = 25;
/** Each costs the start of a thread. */
const CRASHES = 5;
const CLIENTS = 6;

async function open(path: string, embedder: EmbedderSetup): Promise<SqliteBackend> {
  const memory = { sqlite_path: path, max_connections: 1 };
  const backend = await openSqlite(parseEngineConfig({ memory }), embedder);
  onTestFinished(() => backend.close());
  return backend;
}

describe('vectors and their codes', () => {
  it(`are both there or both missing, whenever the writer dies (seed ${SEED})`, async () => {
    const path = await makeTestPath();
    const setup = wordTable(WORDS, 40);
    const backend = await open(path, setup);
    const random = randomFrom(SEED);
    const text = () =>
      Array.from({ length: 1 + random(5) }, () => WORDS[random(WORDS.length)]).join(' ');
    let crashes = 0;
    const client = async (name: number): Promise<void> => {
      const space = new MemorySpace(backend, `space-${name % 2}`);
      for (let turn = 0; turn < TURNS; turn += 1) {
        const key = `${name}-${random(12)}`;
        const write =
          random(4) === 0
            ? [storing(key), { kind: 'delete', target: { key } } as const]
            : [storing(key, text())];
        const written = space.write(write);
        if (crashes < CRASHES && random(10) === 0) {
          crashes += 1;
          await backend.crash('writer');
        }
        await written;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, name) => client(name)));
    expect(crashes).toBe(CRASHES);
    const instant = instantEmbedder(setup);
    expect(vectorFaults(path, instant)).toEqual([]);
    await backend.close();
    const again = await open(path, setup);
    await new MemorySpace(again, 'space-0').store('last', WORDS[0]);
    expect(vectorFaults(path, instant)).toEqual([]);
    const { ready } = await again.read('embeddingSummary', null);
    expect(ready).toBeGreaterThan(20);
  });

  it(`of a slow embedder are saved whole or wanted again, whenever the writer dies (seed ${SEED})`, async () => {
    const path = await makeTestPath();
    const backend = await open(path, slowSetup('slow'));
    const space = new MemorySpace(backend, 'main');
    const random = randomFrom(SEED);
    const vectorOf = (): Float32Array =>
      Float32Array.from({ length: 40 }, () => random(200) - 99.5);
    await space.write(
      Array.from({ length: 300 }, (_, index) =>
        storing(`k${index}`, `text number ${index} to be embedded`),
      ),
    );
    let crashes = 0;
    let lost = 0;
    for (;;) {
      const texts = await backend.read('unembedded', { now: Date.now(), limit: 20 });
      if (texts.length === 0) break;
      const answers = texts.map(
        (one): EmbeddedText => ({ ...one, vector: vectorOf(), error: null, retryAt: null }),
      );
      const saved = backend.saveEmbeddings(answers);
      if (crashes < CRASHES && random(2) === 0) {
        crashes += 1;
        await backend.crash('writer');
      }
      await saved.catch(() => {
        lost += 1;
      });
      expect(vectorFaults(path)).toEqual([]);
    }
    expect(await backend.read('embeddingSummary', null)).toMatchObject({ ready: 300, pending: 0 });
    expect(crashes).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(crashes);
  });
});
