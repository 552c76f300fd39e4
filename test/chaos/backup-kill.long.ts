import { expect, it } from 'vitest';
import { killBackups, killRestores } from './backup-kills.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const KILLS = 30;
const MEMORIES = 2_000;

it(`${KILLS} backups killed at random under writes (seed ${SEED})`, async () => {
  const unfinished = await killBackups({
    kills: KILLS,
    memories: MEMORIES,
    restored: KILLS * 2,
    seed: SEED,
  });
  console.info(`backups: ${KILLS} kills, ${unfinished} not finished, seed ${SEED}`);
  expect(unfinished).toBeGreaterThan(KILLS / 4);
}, 1_800_000);

it(`${KILLS} restores killed at random (seed ${SEED})`, async () => {
  const left = await killRestores({ kills: KILLS, memories: MEMORIES, seed: SEED });
  console.info(`restores: ${KILLS} kills, ${JSON.stringify(left)}, seed ${SEED}`);
  expect(left.old).toBeGreaterThan(KILLS / 4);
}, 1_800_000);
