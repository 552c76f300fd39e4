import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  holdLock,
  lockAddress,
} from '../../../../src/engine/participants/chroma/directory-lock.ts';

it('is held once, whatever the kind of address', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trinitas-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const address of [lockAddress(folder), join(folder, 'file.sock')]) {
    expect(await holdLock(address)).toBe(true);
    expect(await holdLock(address)).toBe(false);
  }
});

it('is taken over from a process that left its file behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trinitas-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const address = join(folder, 'file.sock');
  const code = `require('node:net').createServer().listen(${JSON.stringify(address)}, () => console.log('held'))`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  expect(await holdLock(address)).toBe(false);
  child.kill('SIGKILL');
  await exited;
  expect(existsSync(address)).toBe(true);
  expect(await holdLock(address)).toBe(true);
});
