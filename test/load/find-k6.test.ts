import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findK6, HOW_TO_GET_K6 } from '../../load/find-k6.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-k6-'));
  for (const [name, code] of [
    ['k6', 0],
    ['broken', 1],
  ] as const) {
    const path = join(directory, name);
    writeFileSync(path, `#!/bin/sh\necho "k6 v9 ($1)"\nexit ${code}\n`);
    chmodSync(path, 0o755);
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the search for k6', () => {
  it('takes the one of the PATH, or the one that K6 names', () => {
    expect(findK6({ PATH: directory })).toEqual({ command: 'k6', version: 'k6 v9 (version)' });
    const command = join(directory, 'k6');
    expect(findK6({ PATH: '', K6: command })).toEqual({ command, version: 'k6 v9 (version)' });
  });

  it('finds none where there is none, or one that does not run', () => {
    expect(findK6({ PATH: join(directory, 'nowhere') })).toBeNull();
    expect(findK6({ PATH: directory, K6: join(directory, 'broken') })).toBeNull();
    expect(HOW_TO_GET_K6).toMatch(/go install go\.k6\.io\/k6@latest/);
  });
});
