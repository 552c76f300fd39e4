import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/demo.ts';
import type { Demonstration } from '../../src/demo/demonstration.ts';
import { inTurns } from '../../src/demo/in-turns.ts';
import { type DemoOptions, runDemonstrations } from '../../src/demo/run-demonstrations.ts';

const storing: Demonstration = {
  name: 'storing',
  title: 'Storing',
  proves: 'It stores.',
  async run({ memories, check, measured }) {
    await memories.store({ key: 'note', value: 1 });
    check('the note is there', (await memories.get({ key: 'note' })) !== null);
    measured({ name: 'notes', value: 1, text: 'one note' });
  },
};
const failing = (run: Demonstration['run']): Demonstration => ({
  ...storing,
  name: 'failing',
  run,
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-demo-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function run(demonstrations: readonly Demonstration[], options: Partial<DemoOptions> = {}) {
  const told: string[] = [];
  const report = await runDemonstrations(
    {
      path: join(directory, 'demo.db'),
      size: 100,
      demonstrations,
      signal: new AbortController().signal,
      ...options,
    },
    {
      onStart: ({ name }, index) => told.push(`start ${index} ${name}`),
      onCheck: ({ fact, holds }) => told.push(`${holds} ${fact}`),
      onFigure: ({ text }) => told.push(text),
      onEnd: ({ passed }) => told.push(`end ${passed}`),
    },
  );
  return { report, told };
}

describe('the run of demonstrations', () => {
  it('fails when a fact does not hold, the engine refuses or nothing is verified, and runs the others all the same', async () => {
    const { report } = await run([
      failing(async ({ check }) => check('pigs fly', false, { altitude: 0 })),
      failing(async ({ memories }) => void (await memories.increment({ by: { key: 'none' } }))),
      failing(async () => undefined),
      storing,
    ]);
    expect(report.demonstrations.map(({ error }) => error)).toEqual([
      'not so: pigs fly; found {"altitude":0}',
      expect.stringMatching(/^NotFoundError: /),
      'it verified nothing',
      null,
    ]);
    expect(report.demonstrations.map(({ passed }) => passed)).toEqual([false, false, false, true]);
    expect(report.passed).toBe(false);
    expect(exitCodeOf(report)).toBe(1);
  });

  it('tells what happens, can be run again on the same database, and leaves no other files', async () => {
    const { report: first } = await run([storing]);
    const { report, told } = await run([storing]);
    expect(told).toEqual(['start 0 storing', 'true the note is there', 'one note', 'end true']);
    expect(report).toMatchObject({
      passed: true,
      interrupted: false,
      demonstrations: [{ passed: true, figures: { notes: 1 }, error: null }],
    });
    expect(exitCodeOf(report)).toBe(0);
    expect(report.demonstrations[0]?.namespace).not.toBe(first.demonstrations[0]?.namespace);
    expect(readdirSync(directory).filter((name) => name.startsWith('trinitas-demo-'))).toEqual([]);
  });

  it('runs no further once it is interrupted', async () => {
    const controller = new AbortController();
    const stopping = failing(async ({ check }) => {
      check('it began', true);
      controller.abort();
    });
    const { report } = await run([stopping, storing], { signal: controller.signal });
    expect(report.demonstrations).toHaveLength(1);
    expect(report).toMatchObject({ passed: false, interrupted: true });
    expect(exitCodeOf(report)).toBe(130);
  });
});

describe('a contest in turns', () => {
  it('gives both the same calls and lets each begin every other round', async () => {
    const calls: string[] = [];
    const call = (name: string) => async (index: number) => void calls.push(`${name}${index}`);
    const { ratio } = await inTurns({
      operations: 10,
      callers: 2,
      signal: new AbortController().signal,
      ours: call('o'),
      v4: call('v'),
    });
    expect(ratio).toBeGreaterThan(0);
    // A round to warm up and five that count, of two calls each.
    const turns = calls.join(' ').match(/\w\d \w\d \w\d \w\d/g);
    expect(turns).toEqual([
      'o0 o1 v0 v1',
      'v0 v1 o0 o1',
      'o0 o1 v0 v1',
      'v0 v1 o0 o1',
      'o0 o1 v0 v1',
      'v0 v1 o0 o1',
    ]);
  });
});
