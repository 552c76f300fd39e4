import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DemoReport } from '../../src/demo/run-demonstrations.ts';
import { Cli } from './cli.ts';

const cli = new Cli();
afterAll(() => cli.remove());

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const NAMES = [
  ...['basic', 'pool', 'transactions', 'rollback'],
  ...['concurrency', 'performance', 'errors', 'analytics'],
];

describe('trinitas demo', () => {
  it('runs all eight, each of which verifies itself, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await cli.run(['demo', '--size', '100', '--json'], {
      TMPDIR: directory,
    });
    const report = JSON.parse(stdout) as DemoReport;
    expect(report.demonstrations.filter(({ passed }) => !passed)).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(report).toMatchObject({ passed: true, database: null, size: 100 });
    expect(report.demonstrations.map(({ name }) => name)).toEqual(NAMES);
    for (const { checks } of report.demonstrations) expect(checks.length).toBeGreaterThan(2);
    const { figures } = report.demonstrations[NAMES.indexOf('performance')] ?? {};
    expect(figures?.['storeRatio']).toBeGreaterThan(0);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('narrates, and leaves a database that was named to be looked at', async () => {
    const db = join(directory, 'kept.db');
    const { code, stdout } = await cli.run(['demo', '--db', db, '--only', 'rollback', 'basic']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1\/2 {2}Basic operations\n {5}What is stored is there at once/m);
    expect(stdout).toMatch(/^2\/2 {2}Rollback$/m);
    expect(stdout).toMatch(/^ {2}✓ {2}and the steps before it did not happen$/m);
    expect(stdout).toMatch(/^2 of 2 demonstrations hold, 16 facts verified$/m);
    const [, namespace = ''] = /--namespace "(.*)"/.exec(stdout) ?? [];
    const status = await cli.run(['status', '--db', db, '--namespace', namespace, '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ totalMemories: 3 });
  });

  it('ends with an error when the database cannot be used', async () => {
    const { code, stdout, stderr } = await cli.run(['demo', '--db', join(directory, 'no', 'x.db')]);
    expect(code).toBe(2);
    expect(stdout).not.toContain('✓');
    expect(stderr).toMatch(/no such directory/);
  });

  it.each([
    ['an unknown demonstration', ['--only', 'magic'], /magic/],
    ['too small a size', ['--size', '5'], /It must be 100 to 100000/],
  ])('refuses %s', async (_what, options, message) => {
    const { code, stdout, stderr } = await cli.run(['demo', ...options]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
