import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPath } from './embedder-config.ts';

/** Under which an ES module is looked up in `exports`. */
const CONDITIONS: ReadonlySet<string> = new Set(['node', 'import', 'module-sync', 'default']);

/**
 * Address of the module to import for a package's name, looked up from the given directory and then from ours; or for a
 * path, relative to the directory: a file, or a directory with a package.json. Null when there is none.
 * Node's own `import.meta.resolve` looks from our place only, and `require.resolve` misses packages of ES modules.
 */
export function resolvePackage(name: string, directory: string): string | null {
  if (isPath(name)) return entryOf(resolve(directory, name));
  const places = [join(directory, 'package.json'), import.meta.url];
  const folders = places.flatMap((place) => createRequire(place).resolve.paths(name) ?? []);
  const found = folders
    .map((folder) => join(folder, name))
    .find((path) => existsSync(join(path, 'package.json')));
  return found === undefined ? null : entryOf(found);
}

/** Where to import a file or a package's directory. */
function entryOf(path: string): string | null {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return null;
  if (status.isFile()) return pathToFileURL(path).href;
  const manifest = join(path, 'package.json');
  const { exports, main } = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: unknown; main?: unknown })
    : {};
  const wanted = exports === undefined ? main : entryOfExports(exports);
  const candidates =
    typeof wanted === 'string' ? [wanted, `${wanted}.js`, join(wanted, 'index.js')] : ['index.js'];
  const entry = candidates
    .map((candidate) => join(path, candidate))
    .find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true);
  return entry === undefined ? null : pathToFileURL(entry).href;
}

/** The target of `.`: the first condition that holds, as in Node's PACKAGE_TARGET_RESOLVE. */
function entryOfExports(exports: unknown): string | null {
  if (typeof exports === 'string') return exports;
  const alternatives = Array.isArray(exports)
    ? exports
    : Object.entries(exports ?? {})
        .filter(([key]) => key === '.' || CONDITIONS.has(key))
        .map(([, target]) => target as unknown);
  for (const alternative of alternatives) {
    const entry = entryOfExports(alternative);
    if (entry !== null) return entry;
  }
  return null;
}
