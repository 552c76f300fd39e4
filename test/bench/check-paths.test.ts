import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkPaths } from '../../bench/check-paths.ts';
import { makeTestFolder } from '../support/open-test-engine.ts';

it('says which files cannot be used, and makes none', async () => {
  const folder = await makeTestFolder();
  const there = join(folder, 'there.json');
  writeFileSync(there, '{}');
  mkdirSync(join(folder, 'directory'));
  const wrong = await checkPaths({
    read: { '--engine': join(folder, 'none.js'), '--texts': there, '--against': undefined },
    written: { '--json': join(folder, 'none', 'x.json'), '--report': join(folder, 'directory') },
  });
  expect(wrong).toEqual([
    `--engine: ${join(folder, 'none.js')} cannot be read`,
    `--json: ${join(folder, 'none', 'x.json')} cannot be written`,
    `--report: ${join(folder, 'directory')} is a directory`,
  ]);
  const fine = { '--json': join(folder, 'new.json'), '--report': there };
  expect(await checkPaths({ read: {}, written: fine })).toEqual([]);
});
