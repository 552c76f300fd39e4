import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PeerUnavailable } from './peer.ts';
import { PEERS_CACHE } from './peers-cache.ts';

/** What a peer needs of Python. */
export interface PythonNeeds {
  /** Prints nothing and exits with 0 where it is satisfied. */
  readonly check: string;
  readonly inWords: string;
}

/** The first of these programs that satisfies the needs. */
export function findPython(candidates: readonly string[], { check, inWords }: PythonNeeds): string {
  const found = candidates.find((program) => runs(program, check));
  if (found === undefined)
    throw new PeerUnavailable(
      `none of ${candidates.join(', ')} is ${inWords}; name one by --python`,
    );
  return found;
}

/** The Python of a virtual environment with these packages (`name==version`); made with pip at the first use. */
export function pythonWith(base: string, name: string, packages: readonly string[]): string {
  const directory = join(PEERS_CACHE, `python-${name}`);
  const python = join(directory, 'bin', 'python');
  const pairs = packages.map((wanted) => wanted.split('=='));
  const check = `import importlib.metadata as m; exit(any(m.version(n) != v for n, v in ${JSON.stringify(pairs)}))`;
  if (runs(python, check)) return python;
  try {
    quietly(base, ['-m', 'venv', '--clear', directory]);
    quietly(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
  } catch (error) {
    throw new PeerUnavailable(`pip could not install ${packages.join(' ')}: ${String(error)}`);
  }
  return python;
}

/** As 3.11.2. */
export function versionOfPython(python: string): string {
  const print = 'import platform; print(platform.python_version())';
  return execFileSync(python, ['-c', print], { encoding: 'utf8' }).trim();
}

/** What it prints goes to the standard error of this process. */
function quietly(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 2, 2] });
}

function runs(program: string, code: string): boolean {
  return spawnSync(program, ['-c', code], { stdio: 'ignore' }).status === 0;
}
