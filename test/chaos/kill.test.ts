import { describe, expect, it } from 'vitest';
import { type KillRounds, runKillRounds } from './kill-rounds.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

/** Few rounds for every run of the tests; `npm run test:chaos` has the many. */
describe('kill -9 under load', () => {
  it.each<Omit<KillRounds, 'seed'>>([
    { way: 'sqlite', kills: 8, maxAcknowledged: 300 },
    { way: 'sqlite_sync', kills: 3, maxAcknowledged: 300 },
    { way: 'graphql', kills: 3, maxAcknowledged: 300 },
  ])(
    `$way: $kills kills lose no acknowledged write and leave no unit in parts (seed ${SEED})`,
    async (rounds) => {
      const { acknowledged, lost, partial, phantom } = await runKillRounds({
        ...rounds,
        seed: SEED,
      });
      expect({ lost, partial, phantom }).toEqual({ lost: 0, partial: 0, phantom: 0 });
      expect(acknowledged).toBeGreaterThan(0);
    },
    300_000,
  );
});
