import { describe, expect, it, onTestFinished } from 'vitest';
import { makeTestPath } from '../support/open-test-backend.ts';
import { ChromaTestServer } from '../support/start-chroma.ts';
import { startRedis } from '../support/start-redis.ts';
import { MatrixWorld } from './matrix-world.ts';
import { MUTANTS, type MutantName } from './open-matrix-backend.ts';
import { allScenarios, nameOf, play, type Scenario } from './scenarios.ts';

/** `npm run test:matrix` plays every scenario, about a quarter of an hour; the suite plays one of each kind. */
const FULL = process.env['MATRIX'] === 'full';

const SHORT: readonly Scenario[] = [
  { dieAt: 'CHROMA_STAGED', commitMode: 'strict', wiped: false, second: null },
  { dieAt: 'COMMITTED', commitMode: 'available', wiped: false, second: 'RECOVERY_PROMOTED' },
  { dieAt: 'CHROMA_PUT', commitMode: 'available', wiped: true, second: null },
  { dieAt: 'REDIS_ABORTED', commitMode: 'available', wiped: false, second: null },
];

/** A scenario whose end state shows the mistake. */
const TELLTALE: Readonly<Record<MutantName, Scenario>> = {
  NO_ORPHAN_ABORT: { dieAt: 'REDIS_PREPARED', commitMode: 'available', wiped: false, second: null },
  NO_SWEEP: { dieAt: 'CHROMA_STAGED', commitMode: 'available', wiped: false, second: null },
  IN_PLACE: { dieAt: 'CHROMA_STAGED', commitMode: 'available', wiped: false, second: null },
};

const SCENARIOS = FULL ? allScenarios() : SHORT;
const LONGEST_MS = SCENARIOS.length * 60_000;

async function openWorld(): Promise<MatrixWorld> {
  const redis = await startRedis();
  const chroma = await ChromaTestServer.start();
  const world = new MatrixWorld(await makeTestPath(), redis.url, chroma.url);
  onTestFinished(() => world.close());
  return world;
}

describe('a process killed at a step of the commit protocol, with real servers', () => {
  it(
    `leaves what the table says, in ${SCENARIOS.length} scenarios`,
    async () => {
      const world = await openWorld();
      const faults: Record<string, readonly string[]> = {};
      for (const scenario of SCENARIOS) {
        const found = await play(world, scenario);
        const told = found.length === 0 ? 'ok  ' : 'FAIL';
        if (FULL) console.info(told, nameOf(scenario), ...found);
        if (found.length > 0) faults[nameOf(scenario)] = found;
      }
      expect(faults).toEqual({});
    },
    LONGEST_MS,
  );

  it.each(FULL ? (Object.keys(MUTANTS) as MutantName[]) : (['NO_ORPHAN_ABORT'] as const))(
    'would show the mistake %s',
    async (mutant) => {
      const world = await openWorld();
      expect(await play(world, TELLTALE[mutant], mutant)).not.toEqual([]);
    },
    LONGEST_MS,
  );
});
