import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { Cli } from './cli.ts';

/** Text alone, whatever embedder is the default. */
export const TEXT = ['--mode', 'text', '--embedder', 'none'];

export interface EvaluationRuns {
  readonly cli: Cli;
  /** Path of a file in the folder of the test. */
  readonly at: (name: string) => string;
  /** Writes JSON; returns the path. */
  readonly write: (name: string, content: unknown) => string;
  /** The temporary databases of a run lie here, so that a test sees whether they are gone. */
  readonly temporaryFolder: () => string;
  /** The report of a run that leaves nothing behind. */
  readonly evaluate: <Report>(...args: readonly string[]) => Promise<Report>;
}

/** Runs `trinitas eval` with a folder of its own for each test of a file. */
export function useEvaluationRuns(): EvaluationRuns {
  const cli = new Cli();
  let directory: string;
  afterAll(() => cli.remove());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'trinitas-cli-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const at = (name: string): string => join(directory, name);
  const temporaryFolder = (): string => mkdtempSync(at('temporary-'));
  return {
    cli,
    at,
    write: (name, content) => {
      writeFileSync(at(name), JSON.stringify(content));
      return at(name);
    },
    temporaryFolder,
    evaluate: async <Report>(...args: readonly string[]) => {
      const temporary = temporaryFolder();
      const result = await cli.run(['eval', ...args, '--json'], { TMPDIR: temporary });
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(result.stdout.indexOf('\n')).toBe(result.stdout.length - 1);
      expect(readdirSync(temporary).filter((name) => name.startsWith('trinitas-'))).toEqual([]);
      return JSON.parse(result.stdout) as Report;
    },
  };
}
