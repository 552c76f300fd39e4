import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomFrom } from '../support/random.ts';
import { judge, judgeReadsAlone, type Outcome, rightAnswers } from './judge.ts';
import { MUTATION_KINDS, type MutationKind, planMutation } from './mutations.ts';
import { makeSampleStore } from './sample-store.ts';

/*
 * All mutations: `npm run test:corruption -- [count] [seed]`. Prints what became of each kind, and of every third, what reads alone would have
 * done: without a look at the whole file. Ends with 1 after a silently wrong answer, or damage to answers that verify does not find.
 */

/** Prime to the shares of the kinds, so that each has its turn. */
const ALONE_EVERY = 3;

const [count = 1_000, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const random = randomFrom(seed);
const sample = makeSampleStore();
const right = await rightAnswers(sample);
const outcomes = new Map<MutationKind, Partial<Record<Outcome, number>>>();
const alone = new Map<string, number>();
let failures = 0;
console.info(`${count} mutations, seed ${seed}, ${right.length} reads each`);
for (let index = 0; index < count; index += 1) {
  const mutation = planMutation(sample, index, random);
  const { outcome, faults } = await judge(sample, right, mutation);
  const of = outcomes.get(mutation.kind) ?? {};
  outcomes.set(mutation.kind, { ...of, [outcome]: (of[outcome] ?? 0) + 1 });
  if (outcome === 'wrong') {
    failures += 1;
    console.error(`WRONG ${index}: ${mutation.what}\n  ${faults.slice(0, 3).join('\n  ')}`);
  }
  if (mutation.base === 'killed' || index % ALONE_EVERY !== 0) continue;
  const { wrong, found } = await judgeReadsAlone(sample, right, mutation);
  if (wrong.length === 0) continue;
  const name = `${mutation.kind}: ${found ? 'found' : 'NOT FOUND'} by verify`;
  alone.set(name, (alone.get(name) ?? 0) + 1);
  if (found) continue;
  failures += 1;
  console.error(`NOT FOUND ${index}: ${mutation.what}: ${[...new Set(wrong)].join(', ')}`);
}
for (const kind of MUTATION_KINDS) console.info(kind, JSON.stringify(outcomes.get(kind) ?? {}));
console.info('silently wrong if reads alone looked:', JSON.stringify(Object.fromEntries(alone)));
rmSync(dirname(sample.closed), { recursive: true, force: true });
process.exitCode = failures === 0 ? 0 : 1;
