import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Backend } from '../../src/engine/backends/backend.ts';
import { openBackend } from '../../src/engine/backends/open-backend.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { MemorySpace } from '../support/memory-space.ts';
import { readingFrom } from '../support/open-test-replica.ts';
import { describeChanges } from './changes-contract.ts';
import { describeLinks } from './links-contract.ts';
import { describeReads } from './reads-contract.ts';
import { describeRecall } from './recall-contract.ts';

/* What the owner has acknowledged is read through a replica at once: every read of the contract, each right behind its writes. */

describe('backend contract: reads through a replica', () => {
  let folder = '';
  let backends: readonly Backend[] = [];
  let namespaces = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trinitas-test-'));
    const memory = { sqlite_path: join(folder, 'test.db') };
    const owner = await openBackend(parseEngineConfig({ memory }));
    backends = [owner];
    const options = parseEngineConfig({ memory: { ...memory, replica: true } });
    backends = [owner, await openBackend(options)];
  });
  afterAll(async () => {
    for (const backend of backends.toReversed()) await backend.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (): MemorySpace => {
    const [owner, replica] = backends;
    if (owner === undefined || replica === undefined) throw new Error('nothing is open');
    namespaces += 1;
    return new MemorySpace(readingFrom(replica, owner), `space-${namespaces}`);
  };
  describeReads(open);
  describeRecall(open);
  describeLinks(open);
  describeChanges(open);
});
