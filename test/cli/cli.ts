import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from '../support/built.ts';

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
  /** Where it runs: away from this machine's configuration. */
  readonly #directory = mkdtempSync(join(tmpdir(), 'trinitas-cli-'));

  start(args: readonly string[], environment: Record<string, string> = {}): CliProcess {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TRINITAS_'));
    const child = spawn(process.execPath, [built('src/cli/main.ts'), ...args], {
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

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async run(args: readonly string[], environment?: Record<string, string>): Promise<CliResult> {
    const { child, result } = this.start(args, environment);
    child.stdin.end();
    return await result;
  }
}
