import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves when stdout or stderr holds the text; rejects when the process ends before. */
  said(text: string): Promise<void>;
  readonly result: Promise<CliResult>;
}

/** The command line as users run it: compiled, which also starts faster than from its sources. */
export class Cli {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Compiles into a directory of its own, so that no stale or half-written build is tested. */
  static build(): Cli {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    linkModels();
    const directory = mkdtempSync(join(ROOT, '.cache', 'cli-'));
    const compiler = join(ROOT, 'node_modules', '.bin', 'tsc');
    // Type errors are for `npm run check:types` to report; the compiler writes its output all the same.
    const built = spawnSync(compiler, ['-p', 'tsconfig.build.json', '--outDir', directory], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const cli = new Cli(directory);
    if (existsSync(cli.#entry)) return cli;
    cli.remove();
    throw new Error(`the build wrote nothing:\n${built.stdout}${built.stderr}`);
  }

  get #entry(): string {
    return join(this.#directory, 'cli', 'main.js');
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Starts a process away from this machine's configuration. */
  start(args: readonly string[], environment: Record<string, string> = {}): CliProcess {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TRINITAS_'));
    const child = spawn(process.execPath, [this.#entry, ...args], {
      cwd: this.#directory,
      env: { ...Object.fromEntries(inherited), ...environment },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const result = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout,
      stderr,
    }));
    const said = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stdout.includes(text) || stderr.includes(text)) resolve();
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        child.on('close', () =>
          reject(new Error(`ended without ${JSON.stringify(text)}:\n${stdout}${stderr}`)),
        );
        look();
      });
    return { child, said, result };
  }

  async run(args: readonly string[], environment?: Record<string, string>): Promise<CliResult> {
    const { child, result } = this.start(args, environment);
    child.stdin.end();
    return await result;
  }
}

/** A build looks for the files that are shipped with it beside its own directory. */
function linkModels(): void {
  const link = join(ROOT, '.cache', 'models');
  try {
    symlinkSync(join(ROOT, 'models'), link);
  } catch (error) {
    // Another test file was first.
    if (!existsSync(link)) throw error;
  }
}
