import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { randomFrom } from '../support/random.ts';
import { judge, rightAnswers } from './judge.ts';
import { planMutation } from './mutations.ts';
import { makeSampleStore } from './sample-store.ts';

const COUNT = 60;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

const sample = makeSampleStore();
afterAll(() => rmSync(dirname(sample.closed), { recursive: true, force: true }));

it(`no answer of a damaged file is silently wrong: ${COUNT} mutations (seed ${SEED})`, async () => {
  const right = await rightAnswers(sample);
  const random = randomFrom(SEED);
  const outcomes: string[] = [];
  for (let index = 0; index < COUNT; index += 1) {
    const mutation = planMutation(sample, index, random);
    const { outcome, faults } = await judge(sample, right, mutation);
    expect(faults, `${mutation.kind}: ${mutation.what}`).toEqual([]);
    outcomes.push(outcome);
  }
  // A run in which nothing was noticed would prove nothing.
  expect(outcomes.filter((outcome) => outcome !== 'right').length).toBeGreaterThan(COUNT / 4);
});
