import { describe, expect, it } from 'vitest';
import { type KillRounds, runKillRounds } from './kill-rounds.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

/** Rounds are spread over files, because the check of one grows with the file. */
const ROUNDS: readonly Omit<KillRounds, 'seed'>[] = [
  ...new Array<Omit<KillRounds, 'seed'>>(10).fill({
    way: 'sqlite',
    kills: 13,
    maxAcknowledged: 1_800,
  }),
  ...new Array<Omit<KillRounds, 'seed'>>(6).fill({
    way: 'graphql',
    kills: 10,
    maxAcknowledged: 600,
  }),
  ...new Array<Omit<KillRounds, 'seed'>>(2).fill({
    way: 'sqlite_sync',
    kills: 10,
    maxAcknowledged: 300,
  }),
];

/** What the product promises to have survived (product.md section 10, engine.md section 6). */
const MIN_KILLS = 200;
const MIN_ACKNOWLEDGED = 100_000;

describe(`kill -9 under load, the long run (seed ${SEED})`, () => {
  const totals = { kills: 0, acknowledged: 0, committed: 0, lost: 0, partial: 0, phantom: 0 };

  it.each(ROUNDS.map((rounds, index) => ({ ...rounds, seed: SEED + index * 1_000 })))(
    '$way, $kills kills, seed $seed',
    async (rounds) => {
      const checker = await runKillRounds(rounds);
      totals.kills += rounds.kills;
      for (const name of ['acknowledged', 'committed', 'lost', 'partial', 'phantom'] as const)
        totals[name] += checker[name];
    },
    1_800_000,
  );

  it('comes to enough kills and acknowledgements, and nothing is lost, partial or a phantom', () => {
    console.info(`in all: ${JSON.stringify(totals)}, seed ${SEED}`);
    expect(totals).toMatchObject({ lost: 0, partial: 0, phantom: 0 });
    expect(totals.kills).toBeGreaterThanOrEqual(MIN_KILLS);
    expect(totals.acknowledged).toBeGreaterThanOrEqual(MIN_ACKNOWLEDGED);
  });
});
