import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolvePackage } from '../../../src/engine/embedding/resolve-package.ts';
import { PackageFolder } from './package-folder.ts';

describe('the module of a package', () => {
  let folder: PackageFolder;
  beforeAll(async () => {
    folder = await PackageFolder.create();
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  it.each<[string, object | null, string | null]>([
    ['one string', { exports: './a.js' }, 'a.js'],
    ['a subpath', { exports: { './sub': './b.js', '.': './a.js' } }, 'a.js'],
    ['conditions', { exports: { require: './b.js', import: './a.js' } }, 'a.js'],
    [
      'nested conditions',
      { exports: { '.': { browser: './b.js', node: { types: './x.d.ts', import: './a.js' } } } },
      'a.js',
    ],
    ['alternatives', { exports: [{ browser: './b.js' }, './a.js'] }, 'a.js'],
    ['the default', { exports: { '.': { require: './b.js', default: './a.js' } } }, 'a.js'],
    ['main without an ending', { main: 'a' }, 'a.js'],
    ['main as a directory', { main: 'lib' }, 'lib/index.js'],
    ['no entry at all', {}, 'index.js'],
    ['exports over main', { exports: './a.js', main: './b.js' }, 'a.js'],
    ['a missing file', { exports: './missing.js' }, null],
  ])('is found by %s', async (title, manifest, expected) => {
    const name = `p-${title.replaceAll(' ', '-')}`;
    const root = `node_modules/@scope/${name}`;
    const modules = ['a.js', 'b.js', 'index.js', 'lib/index.js'];
    await folder.write({
      [`${root}/package.json`]: JSON.stringify(manifest),
      ...Object.fromEntries(modules.map((file) => [`${root}/${file}`, ''])),
    });
    const found = resolvePackage(`@scope/${name}`, folder.path);
    const path = found === null ? null : fileURLToPath(found);
    expect(path).toBe(expected === null ? null : `${folder.path}/${root}/${expected}`);
  });

  it('is found from a directory below the project, and from our own place', async () => {
    await folder.install('outer', '');
    expect(resolvePackage('outer', `${folder.path}/deep/below`)).toMatch(/outer\/index\.js$/);
    expect(resolvePackage('lru-cache', folder.path)).toMatch(/node_modules\/lru-cache\//);
    expect(resolvePackage('no-such-package-anywhere', folder.path)).toBeNull();
  });

  it('is found by a path to a file or a directory', async () => {
    await folder.write({ 'mine.mjs': '', 'own/index.js': '' });
    expect(resolvePackage('./mine.mjs', folder.path)).toMatch(/mine\.mjs$/);
    expect(resolvePackage(`${folder.path}/mine.mjs`, '/')).toMatch(/mine\.mjs$/);
    expect(resolvePackage('./own', folder.path)).toMatch(/own\/index\.js$/);
    expect(resolvePackage('./other', folder.path)).toBeNull();
  });
});
