import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-compare-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A report whose times say nothing and whose only ratio has these rounds. */
function report(name: string, rounds: readonly number[], seconds = 1, burst = 2_000): string {
  const path = join(directory, name);
  const ratio = { name: 'storeDurable256', what: 'ours / v4', better: 'higher', rounds };
  writeFileSync(
    path,
    JSON.stringify({
      at: '2026-01-01T00:00:00.000Z',
      machine: { cpu: 'some', cores: 2 },
      plan: { burst },
      measurements: [{ rounds: [{ seconds }] }],
      ratios: [{ ...ratio, value: rounds[2], low: rounds[0], high: rounds[1] }],
    }),
  );
  return path;
}

function compare(...args: readonly string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'bench/compare.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
}

it('fails on a regression of a ratio, never on times', () => {
  const before = report('before.json', [20, 21, 19, 20, 22]);
  const slower = compare(before, report('slower.json', [19, 21, 20, 20, 22], 50));
  expect(slower.stdout).toMatch(/storeDurable256 .* as before/);
  expect(slower.status).toBe(0);

  const worse = compare(before, report('worse.json', [10, 11, 9, 10, 12]), '--json');
  expect(JSON.parse(worse.stdout)).toMatchObject([{ gain: 0.5, verdict: 'regression' }]);
  expect(worse.status).toBe(1);

  const larger = compare(before, report('larger.json', [10, 11, 9, 10, 12], 1, 20_000));
  expect(larger).toMatchObject({ status: 2, stdout: '' });
  expect(larger.stderr).toMatch(/different sizes \(burst\)/);

  const other = join(directory, 'other.json');
  writeFileSync(other, '{"at":"today"}');
  const refused = compare(before, other);
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toMatch(/other\.json is no report of the benchmark/);
});
