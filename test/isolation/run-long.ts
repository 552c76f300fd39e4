import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ISOLATION_LEVELS,
  type IsolationLevel,
  openEngine,
  parseEngineConfig,
} from '../../src/engine/index.ts';
import { checkHistory } from './list-append/check-history.ts';
import { generate } from './list-append/generate.ts';
import { describeRun, forbidden, missing } from './list-append/level-expectation.ts';
import { LibraryListClient } from './list-append/library-list-client.ts';

/*
 * The long run of the list-append histories: `tsx test/isolation/run-long.ts [transactions per level] [seeds] [first seed]`.
 * Ends with the exit code 1 when any run shows what its level forbids, or never shows what it allows.
 */

const CLIENTS = 24;

async function runOnce(
  level: IsolationLevel,
  seed: number,
  transactions: number,
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'trinitas-isolation-'));
  // Without an fsync per group: isolation does not depend on it, and the run is as long as it is.
  const memory = { sqlite_path: join(folder, 'lists.db'), synchronous: 'NORMAL' as const };
  const engine = await openEngine(parseEngineConfig({ memory }));
  const start = performance.now();
  try {
    const client = new LibraryListClient(engine.namespace('lists'));
    const run = await generate(client, { seed, level, transactions, clients: CLIENTS });
    const ran = performance.now();
    const found = checkHistory(run);
    const bad = forbidden(level, found);
    const unseen = missing(level, found);
    const times = `ran ${seconds(ran - start)} s, checked ${seconds(performance.now() - ran)} s`;
    console.info(`${describeRun(level, seed, run, found)}; ${times}`);
    for (const { name, witness } of bad.slice(0, 5))
      console.error(`  FORBIDDEN ${name}: ${witness}`);
    for (const names of unseen) console.error(`  NEVER SEEN: ${names.join(' or ')}`);
    return bad.length === 0 && unseen.length === 0;
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

const [perLevel = 100_000, seeds = 4, firstSeed = Date.now()] = process.argv.slice(2).map(Number);
let passed = 0;
let failed = 0;
for (const level of ISOLATION_LEVELS) {
  for (let index = 0; index < seeds; index += 1) {
    const good = await runOnce(level, firstSeed + index, Math.ceil(perLevel / seeds));
    if (good) passed += 1;
    else failed += 1;
  }
}
console.info(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
