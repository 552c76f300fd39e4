import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { HighWaterMark } from '../../../src/engine/sqlite/high-water-mark.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';

it('keeps the newest commit number beside the database', async () => {
  const path = await makeTestPath();
  expect(HighWaterMark.read(path, 'epoch-a')).toBeNull();
  const mark = new HighWaterMark(path, 'epoch-a');
  mark.write(1_000_000);
  mark.write(7);
  expect(HighWaterMark.read(path, 'epoch-a')).toBe(7);
  expect(await readFile(`${path}.hwm`, 'ascii')).toBe('epoch-a 0000000000000007\n');
  mark.close();
  const again = new HighWaterMark(path, 'epoch-a');
  expect(HighWaterMark.read(path, 'epoch-a')).toBe(7);
  again.reset();
  expect(HighWaterMark.read(path, 'epoch-a')).toBeNull();
  again.close();
});

it('says nothing about another history, nor when it cannot be read', async () => {
  const path = await makeTestPath();
  const mark = new HighWaterMark(path, 'epoch-a');
  mark.write(9);
  mark.close();
  expect(HighWaterMark.read(path, 'epoch-b')).toBeNull();
  for (const text of ['', 'epoch-a', 'epoch-a what', '\0\0\0']) {
    await writeFile(`${path}.hwm`, text);
    expect(HighWaterMark.read(path, 'epoch-a')).toBeNull();
  }
});
