import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dumpDatabase } from '../support/dump-database.ts';
import { MemorySpace } from '../support/memory-space.ts';
import { openTestBackend } from '../support/open-test-backend.ts';
import { Cli, type CliResult } from './cli.ts';

const cli = new Cli();
afterAll(() => cli.remove());

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (name: string): string => join(directory, name);
const json = ({ stdout }: CliResult): unknown => JSON.parse(stdout);

describe('trinitas backup and restore', () => {
  it('back a database up beside its owner, list what is there, and restore any of it', async () => {
    const owner = new MemorySpace(await openTestBackend('sqlite', at('my.db')), 'main');
    await owner.store('a', 1);
    const args = ['--db', at('my.db'), '--directory', at('backups')];
    const full = await cli.run(['backup', ...args, '--name', 'first', '--json']);
    expect(full).toMatchObject({ code: 0, stderr: '' });
    expect(json(full)).toMatchObject({ name: 'first', kind: 'full', csn: 1, memories: 1 });
    await owner.store('b', 2);
    const increment = await cli.run(['backup', ...args, '--incremental']);
    expect(increment.code).toBe(0);
    expect(increment.stdout).toMatch(
      /^my-\d+T\d+Z: incremental, 2 memories, 1 changes, commit 2, \d+ bytes, verified\n$/,
    );
    const list = await cli.run(['restore', ...args, '--list', '--json']);
    expect(json(list)).toMatchObject([{ name: 'first' }, { base: { name: 'first' } }]);

    const restored = await cli.run(['restore', '--directory', at('backups'), '--db', at('new.db')]);
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    expect(restored.stdout).toContain('2 memories up to commit 2, from first, my-');
    expect(dumpDatabase(at('new.db'))).toEqual(dumpDatabase(at('my.db')));
    const earlier = await cli.run([
      ...['restore', '--directory', at('backups'), '--db', at('new.db')],
      ...['--csn', '1', '--force', '--json'],
    ]);
    expect(json(earlier)).toMatchObject({
      csn: 1,
      memories: 1,
      movedAside: expect.stringContaining('new.db.replaced-'),
    });
    const inUse = await cli.run(['restore', ...args, '--force']);
    expect(inUse).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('in use by another process'),
    });
  });

  it('take the folder and its retention from the configuration', async () => {
    writeFileSync(at('c.json'), JSON.stringify({ backup: { directory: at('b'), keep: 1 } }));
    const owner = new MemorySpace(await openTestBackend('sqlite', at('my.db')), 'main');
    await owner.store('a', 1);
    const args = ['--db', at('my.db'), '--config', at('c.json')];
    expect((await cli.run(['backup', ...args, '--name', 'one'])).code).toBe(0);
    expect((await cli.run(['backup', ...args, '--name', 'two'])).code).toBe(0);
    const list = await cli.run(['backup', ...args, '--list']);
    expect(list).toMatchObject({ code: 0, stdout: expect.stringMatching(/^two {2}full, .*\n$/) });
    expect(readdirSync(at('b')).sort()).toEqual(['two.backup.json', 'two.full.db']);
  });

  it('refuse what is damaged, missing or ambiguous, with the exit codes of all commands', async () => {
    const owner = new MemorySpace(await openTestBackend('sqlite', at('my.db')), 'main');
    await owner.store('a', 1);
    const args = ['--db', at('my.db'), '--directory', at('backups')];
    const lone = await cli.run(['backup', ...args, '--incremental']);
    expect(lone).toMatchObject({ code: 2, stderr: expect.stringContaining('Take a full backup.') });
    await cli.run(['backup', ...args, '--name', 'first']);
    const file = join(at('backups'), 'first.full.db');
    const bytes = readFileSync(file);
    bytes[4_200] = (bytes[4_200] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const target = ['restore', '--directory', at('backups'), '--db', at('new.db')];
    expect(await cli.run(target)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('first.full.db does not match its checksum'),
    });
    for (const [run, reason] of [
      [['backup', '--db', at('my.db')], 'no folder of backups is named'],
      [['backup', ...args.with(1, at('none.db'))], 'there is no database'],
      [['backup', ...args, '--name', '../up'], 'name: must be 1 to 100 letters'],
      [['backup', ...args, '--keep', '0'], '--keep must be at least 1'],
      [[...target, '--at', 'yesterday'], 'It must be a time such as'],
      [[...target, '--at', '2026-01-01', '--csn', '1'], 'exclude each other'],
      [[...target, '--csn', '99'], 'no backup reaches commit 99'],
    ] as const) {
      const result = await cli.run(run);
      expect(result.stderr).toContain(reason);
      expect(result.code).toBe(2);
    }
    const unknown = await cli.run([...target, '--backup', 'other']);
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no backup other'),
    });
  });
});
