import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type ConfigSources, loadConfig } from '../../src/config.ts';

export interface ConfigFolder {
  /** With the folder as the working directory, and an empty environment. */
  readonly load: (sources?: ConfigSources) => ReturnType<typeof loadConfig>;
  /** Writes text as it is, and anything else as JSON. */
  readonly file: (name: string, content: unknown) => void;
}

/** A working directory of its own for each test of a file, empty at first. */
export function useConfigFolder(): ConfigFolder {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'trinitas-config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  return {
    load: (sources = {}) => loadConfig({ environment: {}, directory, ...sources }),
    file: (name, content) =>
      writeFileSync(
        join(directory, name),
        typeof content === 'string' ? content : JSON.stringify(content),
      ),
  };
}

export const flag = (path: string, value: unknown) => ({
  path: path.split('.'),
  value,
  origin: `--${path.split('.').at(-1)}`,
});
