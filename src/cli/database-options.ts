import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { Setting } from '../config/setting.ts';
import { type Config, loadConfig } from '../config.ts';
import { ValidationError } from '../engine/index.ts';

/** Options of every command that opens a database. */
export interface FileOptions {
  readonly config?: string | undefined;
  readonly db?: string | undefined;
  readonly json: boolean;
}

/** Options of those that work in one namespace of it. */
export interface DatabaseOptions extends FileOptions {
  readonly namespace: string;
}

export function addDatabaseOptions(command: Command): Command {
  return addFileOptions(command.option('--namespace <name>', 'namespace to work in', 'default'));
}

export function addFileOptions(command: Command): Command {
  return command
    .option(
      '--db <file>',
      'database file (default: memory.sqlite_path of the configuration, ./trinitas.db)',
    )
    .option('--config <file>', 'configuration file')
    .option('--json', 'one line of JSON on stdout as the result', false);
}

export function loadDatabaseConfig({ config, db }: Pick<DatabaseOptions, 'config' | 'db'>): Config {
  return loadConfig({ file: config, flags: toSettings([[['memory', 'sqlite_path'], db, '--db']]) });
}

/** Flags that were given become settings; the others leave the configuration alone. */
export function toSettings(
  flags: readonly (readonly [readonly string[], unknown, string])[],
): readonly Setting[] {
  return flags.flatMap(([path, value, origin]) =>
    value === undefined ? [] : [{ path, value, origin }],
  );
}

/** For commands that only read: opening would create the file, and an empty answer would hide a mistyped name. */
export function assertDatabaseExists({ memory }: Config): void {
  if (existsSync(memory.sqlite_path)) return;
  throw new ValidationError(`there is no database ${memory.sqlite_path}`, {
    remedy: 'Name it with --db, or create it with `trinitas import` or `trinitas serve`.',
  });
}

/** For commander: a whole number. */
export function parseWholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
