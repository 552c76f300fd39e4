import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { MemoryOperations } from '../../../../src/engine/index.ts';
import { openTestEngine } from '../../../support/open-test-engine.ts';
import { ChromaTestServer } from '../../../support/start-chroma.ts';

const COUNT = 6;

/** Recalls until Chroma has served one; every one of them must find all, whoever serves. */
async function untilServedByChroma(memories: MemoryOperations, count: number): Promise<void> {
  for (let at = 0; ; at += 1) {
    // Another query each time, so that no answer comes from the cache.
    const query = `feline number ${at} of ${count} dozing`;
    const { hits, vectorsFrom } = await memories.recall({ query, mode: 'SEMANTIC' });
    expect(hits).toHaveLength(count);
    if (vectorsFrom.includes('chroma')) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('publishes everything anew when Chroma comes back empty, and no recall misses anything meanwhile', async () => {
  const server = await ChromaTestServer.start();
  const engine = await openTestEngine({
    memory: { backend: 'hybrid', chroma_url: server.url, health_check_interval: 1 },
  });
  const memories = engine.namespace('cats');
  const store = (at: number) =>
    memories.store({
      key: `cat ${at}`,
      value: `Cat number ${at} sleeps on the warm roof`,
      section: 'semantic_memory',
    });
  for (let at = 0; at < COUNT; at += 1) await store(at);
  await untilServedByChroma(memories, COUNT);

  await server.kill();
  rmSync(server.directory, { recursive: true });
  await server.restart();
  // The first thing that happens to the new server is a write, which makes the collection.
  await store(COUNT);
  await untilServedByChroma(memories, COUNT + 1);
});
