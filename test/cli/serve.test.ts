import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/engine/index.ts';
import { Cli, type CliProcess } from './cli.ts';

const cli = new Cli();
afterAll(() => cli.remove());

let directory: string;
let running: CliProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-cli-'));
  running = undefined;
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.result;
  rmSync(directory, { recursive: true, force: true });
});

describe('trinitas serve', () => {
  it('serves until Ctrl-C, and its database belongs to it alone meanwhile', async () => {
    const db = join(directory, 'my.db');
    running = cli.start(['serve', '--db', db, '--port', '0', '--log-level', 'silent']);
    await running.said('Trinitas listens on http://127.0.0.1:');

    const other = await cli.run(['status', '--db', db]);
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('by another process');
    expect(other.stderr).toContain('Stop the other Trinitas');

    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.result;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, url = ''] = /listens on (\S+)/.exec(stdout) ?? [];
    await expect(fetch(url)).rejects.toThrow();

    const status = await cli.run(['status', '--db', db, '--json']);
    expect(status.code).toBe(0);
    expect(JSON.parse(status.stdout)).toMatchObject({
      state: 'OK',
      namespace: 'default',
      totalMemories: 0,
    });
  });

  it('refuses an address that others can reach', async () => {
    const { code, stderr } = await cli.run([
      'serve',
      '--host',
      '0.0.0.0',
      '--db',
      join(directory, 'my.db'),
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('refuses to listen on 0.0.0.0');
  });

  it('says when another program listens on the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const db = join(directory, 'my.db');
    const { code, stderr } = await cli.run(['serve', '--port', String(port), '--db', db]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(
      `cannot listen on 127.0.0.1 port ${port}: another program listens there\nChoose`,
    );
    expect(stderr).not.toContain('    at ');
    // The store was closed.
    expect((await cli.run(['status', '--db', db])).code).toBe(0);
  });
});

describe('trinitas', () => {
  it('tells its version', async () => {
    expect(await cli.run(['--version'])).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
  });

  it.each(['serve', 'import', 'export', 'status'])('explains %s with examples', async (command) => {
    const { code, stdout } = await cli.run([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain(`trinitas ${command}`);
  });

  it('reads the configuration file that is named', async () => {
    const file = join(directory, 'my.yaml');
    const db = join(directory, 'named.db');
    writeFileSync(file, `memory:\n  sqlite_path: ${JSON.stringify(db)}\n`);
    const { code, stderr } = await cli.run(['status', '--config', file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`there is no database ${db}`);
  });
});
