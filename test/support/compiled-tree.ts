import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** For the hook that builds; two seconds on a machine that does nothing else. */
export const BUILD_TIMEOUT_MS = 180_000;

/**
 * The sources and the scripts that tests start, compiled into a folder of their own: a process that is started often comes up in a
 * fraction of the time that it takes from TypeScript, and as users run it.
 */
export class CompiledTree {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `scripts` are paths from the root of the project. */
  static build(scripts: readonly string[]): CompiledTree {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    const folder = mkdtempSync(join(ROOT, '.cache', 'tree-'));
    symlinkSync(join(ROOT, 'models'), join(folder, 'models'));
    const settings = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { noEmit: false, rootDir: ROOT, outDir: folder },
      include: [join(ROOT, 'src'), ...scripts.map((script) => join(ROOT, script))],
    };
    const config = join(folder, 'tsconfig.json');
    writeFileSync(config, JSON.stringify(settings));
    const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
    // Type errors are for `npm run check:types` to report; the compiler writes its output all the same.
    const built = spawnSync(compiler, ['-p', config], { cwd: ROOT, encoding: 'utf8' });
    const tree = new CompiledTree(folder);
    if (existsSync(tree.entry('src/main.ts'))) return tree;
    tree.remove();
    throw new Error(`the build wrote nothing:\n${built.stdout}${built.stderr}`);
  }

  /** The compiled form of a source. */
  entry(source: string): string {
    return join(this.#folder, source.replace(/\.ts$/, '.js'));
  }

  /** The compiled module of a source, whose threads start from compiled code too. */
  async load<Module>(source: string): Promise<Module> {
    return (await import(this.entry(source))) as Module;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
