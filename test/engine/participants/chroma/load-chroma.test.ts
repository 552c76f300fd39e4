import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const ENGINE = 'src/engine';
const FILES = [
  'errors.ts',
  'participants/chroma/load-chroma.ts',
  'participants/chroma/chroma-error.ts',
];

it('names the line that installs the package when it is missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trinitas-load-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of FILES) cpSync(join(ROOT, ENGINE, file), join(folder, ENGINE, file));
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(ROOT, 'node_modules/cockatiel'), join(folder, 'node_modules/cockatiel'));
  const code = `import { loadChroma } from './${ENGINE}/participants/chroma/load-chroma.ts';
try { loadChroma(); } catch ({ code, retryable, message, remedy }) { console.log(JSON.stringify({ code, retryable, message, remedy })); }`;
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', tsx, '--input-type=module', '--eval', code],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    code: 'PARTICIPANT_UNAVAILABLE',
    retryable: false,
    message: 'Chroma: the npm package chromadb is not installed',
    remedy: 'npm install chromadb, or remove memory.chroma_url and memory.chromadb_path.',
  });
});
