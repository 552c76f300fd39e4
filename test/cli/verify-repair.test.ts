import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RepairReport, VerifyReport } from '../../src/engine/index.ts';
import { openTestEngine } from '../support/open-test-engine.ts';
import { Cli, type CliResult } from './cli.ts';

const COUNT = 50;

let cli: Cli;
let folder: string;
beforeAll(() => {
  cli = new Cli();
  folder = mkdtempSync(join(tmpdir(), 'trinitas-cli-'));
});
afterAll(() => {
  cli.remove();
  rmSync(folder, { recursive: true, force: true });
});

function lastJson<T>({ stdout }: CliResult): T {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}

it('verifies beside a running store, names what is damaged, and repairs it', async () => {
  const path = join(folder, 'my.db');
  const db = ['--db', path];
  const engine = await openTestEngine({ memory: { sqlite_path: path } });
  const memories = engine.namespace('default');
  for (let index = 0; index < COUNT; index += 1)
    await memories.store({ key: `fact_${index}`, value: `owls number ${index}`, tags: ['bird'] });
  const running = await cli.run(['verify', ...db, '--json']);
  expect(running).toMatchObject({ code: 0, stderr: '' });
  expect(lastJson(running)).toMatchObject({
    ok: true,
    memories: COUNT,
    vectors: COUNT,
    csn: COUNT,
  });
  const owned = await cli.run(['repair', ...db]);
  expect(owned).toMatchObject({ code: 1, stderr: expect.stringContaining('in use') });
  await engine.close();

  const raw = new Database(path);
  raw.exec(`UPDATE memories SET importance = 0.9 WHERE key = 'fact_3';
    UPDATE embeddings SET scale = scale * 2 WHERE memory_id = 9;
    DELETE FROM vector_codes; DELETE FROM memory_tags WHERE memory_id = 7;
    DELETE FROM memories_text WHERE rowid = 11`);
  raw.close();
  const quick = await cli.run(['verify', ...db, '--depth', 'quick']);
  expect(quick.code).toBe(1);
  expect(quick.stdout).toContain('memory 4 ("fact_3") does not match its checksum');
  expect(quick.stdout).toContain('trinitas repair');
  const full = await cli.run(['verify', ...db, '--json']);
  expect(full.code).toBe(1);
  const { findings } = lastJson<VerifyReport>(full);
  const found = (area: string): readonly (number | null)[] =>
    findings.filter((finding) => finding.area === area).map(({ id }) => id);
  expect(found('rows')).toContain(4);
  expect(found('tags')).toEqual([7]);
  expect(found('text')).toEqual([11]);
  // A damaged memory's own vector is not looked at.
  expect(found('vectors')).toHaveLength(COUNT - 1);

  const plan = await cli.run(['repair', ...db, '--dry-run', '--json']);
  expect(plan.code).toBe(0);
  expect(lastJson(plan)).toMatchObject({ dryRun: true, damagedFile: null });
  expect((await cli.run(['verify', ...db])).code).toBe(1);
  const repaired = await cli.run(['repair', ...db, '--json']);
  expect(repaired).toMatchObject({ code: 0, stderr: '' });
  const report = lastJson<RepairReport>(repaired);
  expect(report.memories).toMatchObject({
    saved: COUNT - 1,
    restored: [{ namespace: 'default', key: 'fact_3', version: 1, from: 'change log' }],
    lost: [],
  });
  expect(report.vectors).toEqual({ saved: COUNT - 1, missing: 1 });
  expect(existsSync(report.damagedFile ?? '')).toBe(true);
  expect(await cli.run(['verify', ...db])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Nothing is wrong (full).'),
  });
  const again = await openTestEngine({ memory: { sqlite_path: path } });
  await again.namespace('default').indexed();
  expect((await again.namespace('default').status()).embedding).toMatchObject({ ready: COUNT });
});

it('refuses what cannot be meant', async () => {
  const missing = await cli.run(['verify', '--db', join(folder, 'none.db')]);
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('no database') });
  const path = join(folder, 'sound.db');
  await (await openTestEngine({ memory: { sqlite_path: path } })).close();
  const backup = await cli.run(['repair', '--db', path, '--backup', join(folder, 'none')]);
  expect(backup).toMatchObject({ code: 2, stderr: expect.stringContaining('no backup') });
  const sound = await cli.run(['repair', '--db', path]);
  expect(sound).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was done') });
});
