import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_TIMEOUT_MS, CompiledTree } from '../support/compiled-tree.ts';
import { type KillRounds, LOAD_SCRIPT, runKillRounds } from './kill-rounds.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

let tree: CompiledTree;
beforeAll(() => {
  tree = CompiledTree.build([LOAD_SCRIPT]);
}, BUILD_TIMEOUT_MS);
afterAll(() => tree.remove());

/** Few rounds for every run of the tests; `npm run test:chaos` has the many. */
describe('kill -9 under load', () => {
  it.each<Omit<KillRounds, 'seed'>>([
    { way: 'sqlite', kills: 8, maxAcknowledged: 300 },
    { way: 'sqlite_sync', kills: 3, maxAcknowledged: 300 },
    { way: 'graphql', kills: 3, maxAcknowledged: 300 },
  ])(
    `$way: $kills kills lose no acknowledged write and leave no unit in parts (seed ${SEED})`,
    async (rounds) => {
      const { acknowledged, lost, partial, phantom } = await runKillRounds(tree, {
        ...rounds,
        seed: SEED,
      });
      expect({ lost, partial, phantom }).toEqual({ lost: 0, partial: 0, phantom: 0 });
      expect(acknowledged).toBeGreaterThan(0);
    },
    300_000,
  );
});
