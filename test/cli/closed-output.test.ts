import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { makeV4File } from '../engine/transfer/make-v4-file.ts';
import { Cli } from './cli.ts';

let cli: Cli;
let directory: string;
beforeAll(() => {
  cli = new Cli();
  directory = mkdtempSync(join(tmpdir(), 'trinitas-closed-'));
});
afterAll(() => {
  cli.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** Runs a command whose reader leaves before it has written anything. */
async function runUnread(args: readonly string[]) {
  const { child, result } = cli.start(args);
  child.stdout.destroy();
  child.stdin.end();
  return await result;
}

describe('a reader that leaves early, as head does,', () => {
  it('meets no trace in the help of any command', async () => {
    const commands = createProgram().commands.map((command) => [command.name()]);
    const results = await Promise.all(
      [[], ...commands].map((command) => runUnread([...command, '--help'])),
    );
    for (const result of results) expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(results.length).toBeGreaterThan(5);
  });

  it('does not keep a command from its work', async () => {
    makeV4File(join(directory, 'old.db'), [{ key: 'k', value: '1', metadata: '{}' }]);
    const db = join(directory, 'my.db');
    const args = ['import', join(directory, 'old.db'), '--format', 'trinitas-v4', '--db', db];
    expect(await runUnread(args)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await cli.run(['export', '--db', db])).stdout).toContain('"key":"k"');
  });
});
