import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrateFromV4 } from '../../src/cli/migrate/migrate-from-v4.ts';
import { loadConfig } from '../../src/config.ts';
import { holdTrinitasV4, isOwnFile } from '../../src/engine/index.ts';
import { makeV4File, type V4TestRow } from '../engine/transfer/make-v4-file.ts';
import { built } from '../support/built.ts';
import { openTestEngine } from '../support/open-test-engine.ts';
import { readRawV4, readV4Schema } from '../support/v4-rows.ts';

const SCRIPT = 'test/cli/die-in-migrate.ts';

const ROWS: readonly V4TestRow[] = Array.from({ length: 300 }, (_, index) => ({
  key: `fact_🗝 ${index}`,
  value: `{"n": ${index}, "big": 9007199254740993, "text": "it's \\"quoted\\""}`,
  metadata: `{"tags": ["t${index % 5}"]}`,
  section: 'semantic_memory',
  persona: index % 2 === 0 ? 'athena' : null,
  importance: index / 300,
  access_count: index,
}));

const BAD_ROWS: readonly V4TestRow[] = [...ROWS.slice(0, 3), { key: 'bad', value: 'no JSON' }];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-migrate-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (name: string): string => join(directory, name);
const names = (): readonly string[] => readdirSync(directory).toSorted();

async function start(source: string, args: readonly string[]) {
  const child = spawn(process.execPath, [built(source), ...args], {
    cwd: directory,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { code, signal, stdout, stderr };
}

const run = (...args: readonly string[]) => start('src/cli/main.ts', args);
const migrate = (...args: readonly string[]) => run('migrate', '--from', 'trinitas-v4', ...args);

function countMemories(path: string): unknown {
  const database = new Database(path, { readonly: true });
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    return database.prepare('SELECT count(*) FROM memories').pluck().get();
  } finally {
    database.close();
  }
}

describe('trinitas migrate', () => {
  it('takes a v4 file in place, keeps it aside, and gives it back equal', async () => {
    makeV4File(at('memories.db'), ROWS);
    chmodSync(at('memories.db'), 0o640);
    copyFileSync(at('memories.db'), at('original'));
    const counts = { read: 300, imported: 300, failed: 0, verified: 300 };
    const first = await migrate(at('memories.db'), '--json');
    expect({ ...first, stdout: JSON.parse(first.stdout) }).toMatchObject({
      code: 0,
      stderr: '',
      stdout: {
        ...counts,
        source: at('memories.db'),
        target: at('memories.db'),
        kept: at('memories.db.trinitas-v4'),
        dryRun: false,
        already: false,
        migrated: true,
      },
    });
    expect(names()).toEqual(['memories.db', 'memories.db.trinitas-v4', 'original']);
    expect(isOwnFile(at('memories.db'))).toBe(true);
    expect(statSync(at('memories.db')).mode & 0o777).toBe(0o640);
    expect(readFileSync(at('memories.db.trinitas-v4'))).toEqual(readFileSync(at('original')));

    const again = await migrate(at('memories.db'));
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('is a Trinitas database already; nothing was done');

    const args = ['export', '--db', at('memories.db'), '--format', 'trinitas-v4'];
    expect(await run(...args, '--output', at('back.db'), '--json')).toMatchObject({
      code: 0,
      stdout: '{"written":300}\n',
      stderr: '',
    });
    expect(readRawV4(at('back.db'))).toEqual(readRawV4(at('original')));
    expect(readV4Schema(at('back.db'))).toEqual(readV4Schema(at('original')));
    expect(await run(...args, '--output', at('back.db'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('exists already'),
    });
    expect(names().filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('says in a dry run what would happen, and changes nothing', async () => {
    makeV4File(at('memories.db'), ROWS);
    const before = readFileSync(at('memories.db'));
    const { code, stdout } = await migrate(at('memories.db'), '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toBe(
      '300 read, 300 imported, 300 read again and equal, 0 failed\n' +
        `Dry run: ${at('memories.db')} would be the database; ${at('memories.db')} would be kept as ${at('memories.db.trinitas-v4')}\n`,
    );
    expect(names()).toEqual(['memories.db']);
    expect(readFileSync(at('memories.db'))).toEqual(before);
  });

  it('writes a new file and leaves the old one', async () => {
    makeV4File(at('memories.db'), ROWS);
    const before = readFileSync(at('memories.db'));
    const args = [at('memories.db'), '--to', at('new.db')];
    expect(await migrate(...args)).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(['memories.db', 'new.db']);
    expect(readFileSync(at('memories.db'))).toEqual(before);
    expect(countMemories(at('new.db'))).toBe(300);
    expect(await migrate(...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('new.db exists already'),
    });
  });

  it('changes nothing when a row cannot be held exactly, unless it is told to', async () => {
    makeV4File(at('memories.db'), BAD_ROWS);
    const before = readFileSync(at('memories.db'));
    const refused = await migrate(at('memories.db'));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^failed: bad: value: is not valid JSON/);
    expect(refused.stdout).toContain('Nothing was changed; --skip-failed goes on');
    expect(names()).toEqual(['memories.db']);
    expect(readFileSync(at('memories.db'))).toEqual(before);
    const taken = await migrate(at('memories.db'), '--skip-failed', '--json');
    expect(taken.code).toBe(1);
    expect(JSON.parse(taken.stdout)).toMatchObject({ imported: 3, failed: 1, migrated: true });
    expect(isOwnFile(at('memories.db'))).toBe(true);
  });

  it('follows a symbolic link, and never takes the name of a file that is kept already', async () => {
    makeV4File(at('real.db'), ROWS.slice(0, 3));
    writeFileSync(at('real.db.trinitas-v4'), 'of an earlier migration');
    symlinkSync(at('real.db'), at('link.db'));
    expect(await migrate(at('link.db'))).toMatchObject({ code: 0, stderr: '' });
    expect(names()).toEqual(['link.db', 'real.db', 'real.db.trinitas-v4', 'real.db.trinitas-v4.2']);
    expect(isOwnFile(at('real.db'))).toBe(true);
    expect(readFileSync(at('real.db.trinitas-v4'), 'utf8')).toBe('of an earlier migration');
    expect(readRawV4(at('real.db.trinitas-v4.2'))).toHaveLength(3);
  });

  it.each<[string, () => void, string]>([
    ['is missing', () => undefined, 'cannot be read'],
    ['is no database', () => writeFileSync(at('memories.db'), 'x'.repeat(999)), 'is not an SQLite'],
    [
      'has a journal beside it',
      () => {
        makeV4File(at('memories.db'), ROWS.slice(0, 3));
        writeFileSync(at('memories.db-journal'), 'x');
      },
      'memories.db-journal lies beside the database',
    ],
  ])('refuses a file that %s', async (_name, prepare, message) => {
    prepare();
    const before = names();
    expect(await migrate(at('memories.db'))).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
    expect(names()).toEqual(before);
  });
});

describe('a migration in place', () => {
  it('that is killed at any step leaves one of the two, whole, and the next run goes on', async () => {
    makeV4File(at('memories.db'), ROWS);
    const original = readFileSync(at('memories.db'));
    for (const step of ['importing', 'verifying', 'built', 'kept', 'replaced']) {
      const { signal, stderr } = await start(SCRIPT, [at('memories.db'), step]);
      expect({ step, signal, stderr }).toEqual({ step, signal: 'SIGKILL', stderr: '' });
      expect(isOwnFile(at('memories.db'))).toBe(step === 'replaced');
      if (step !== 'replaced') expect(readFileSync(at('memories.db'))).toEqual(original);
    }
    expect((await migrate(at('memories.db'), '--json')).stdout).toContain('"already":true');
    expect(readFileSync(at('memories.db.trinitas-v4'))).toEqual(original);
    expect(names()).toEqual(['memories.db', 'memories.db.trinitas-v4']);
    expect(countMemories(at('memories.db'))).toBe(ROWS.length);
  });
});

describe('a migration', () => {
  it('that is interrupted changes nothing', async () => {
    makeV4File(at('memories.db'), ROWS);
    const before = readFileSync(at('memories.db'));
    const steps: string[] = [];
    const report = await migrateFromV4(
      {
        file: at('memories.db'),
        to: null,
        namespace: 'default',
        dryRun: false,
        skipFailed: false,
        config: loadConfig({ environment: {}, directory: '/' }),
      },
      {
        signal: AbortSignal.abort(),
        onFailure: () => undefined,
        onNote: () => undefined,
        onProgress: () => undefined,
        onStep: (step) => steps.push(step),
      },
    );
    expect(report).toMatchObject({ migrated: false, imported: 0 });
    expect(steps).toEqual([]);
    expect(names()).toEqual(['memories.db']);
    expect(readFileSync(at('memories.db'))).toEqual(before);
  });

  it('leaves the work of another one alone that is under way', async () => {
    makeV4File(at('memories.db'), ROWS);
    const building = at('memories.db.migrating');
    const other = await openTestEngine({ memory: { sqlite_path: building } });
    await other.namespace('default').store({ key: 'half done', value: 1 });
    const { code, stderr } = await migrate(at('memories.db'));
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('is in use by another process'),
    });
    expect(await other.namespace('default').get({ key: 'half done' })).not.toBeNull();
    await other.close();
    expect(countMemories(building)).toBe(1);
    expect(isOwnFile(at('memories.db'))).toBe(false);
  });
});

it('a v4 program cannot commit to a file that is being brought over', () => {
  makeV4File(at('memories.db'), ROWS.slice(0, 3));
  const other = new Database(at('memories.db'), { timeout: 0 });
  const store = () => other.exec("INSERT INTO memory_store (key, value) VALUES ('late', '1')");
  const held = holdTrinitasV4(at('memories.db'));
  expect(held.count).toBe(3);
  expect(store).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }));
  held.close();
  store();
  other.close();
  expect(existsSync(at('memories.db-journal'))).toBe(false);
});
