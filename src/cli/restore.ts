import { Command, InvalidArgumentError } from 'commander';
import { type RestoreReport, restoreDatabase, ValidationError } from '../engine/index.ts';
import { backupDirectory, printBackups } from './backup-directory.ts';
import {
  addFileOptions,
  type FileOptions,
  loadDatabaseConfig,
  parseWholeNumber,
} from './database-options.ts';
import { EXIT_CODE } from './exit-code.ts';
import { Progress } from './progress.ts';
import { withInterruption } from './with-interruption.ts';

interface RestoreOptions extends FileOptions {
  readonly directory?: string | undefined;
  readonly backup?: string | undefined;
  readonly at?: number | undefined;
  readonly csn?: number | undefined;
  readonly force: boolean;
  readonly list: boolean;
}

export function createRestoreCommand(): Command {
  const command = new Command('restore')
    .description(
      'Make a database from backups: the newest one, a named one, or a moment between two.',
    )
    .option(
      '--directory <folder>',
      'folder of the backups (default: backup.directory of the configuration)',
    )
    .option(
      '--backup <name>',
      'the backup to restore (default: the newest, or the one that reaches the moment)',
    )
    .option('--at <time>', 'commits up to this time, as 2026-11-26T20:15:00Z', parseTime)
    .option('--csn <number>', 'commits up to this number', parseWholeNumber)
    .option('--force', 'move a database that is there aside, instead of refusing', false)
    .option('--list', 'show the backups of the folder instead', false)
    .addHelpText('after', EXAMPLES);
  return addFileOptions(command).action(async (options: RestoreOptions) => {
    process.exitCode = await runRestore(options);
  });
}

async function runRestore(options: RestoreOptions): Promise<number> {
  const config = loadDatabaseConfig(options);
  const directory = backupDirectory(config, options.directory);
  if (options.list) return printBackups(directory, options.json);
  const { backup, at, csn, force } = options;
  if (at !== undefined && csn !== undefined)
    throw new ValidationError('--at and --csn exclude each other');
  return withInterruption(async (signal) => {
    const progress = new Progress('Restoring');
    try {
      const report = await restoreDatabase(
        { directory, path: config.memory.sqlite_path, backup, at, csn, force },
        { signal, onProgress: (done, total) => progress.update(done, total) },
      );
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${describe(report)}\n`);
      return EXIT_CODE.done;
    } catch (error) {
      if (signal.aborted) return EXIT_CODE.interrupted;
      throw error;
    } finally {
      progress.stop();
    }
  });
}

function parseTime(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('It must be a time such as 2026-11-26T20:15:00Z.');
  return time;
}

function describe({ path, backups, csn, memories, movedAside }: RestoreReport): string {
  const aside = movedAside === null ? [] : [`what was there is now ${movedAside}`];
  return [
    `${path}: ${memories} memories up to commit ${csn}, from ${backups.join(', ')}, verified`,
    ...aside,
  ].join('\n');
}

const EXAMPLES = `
Every checksum is verified before anything is put in place; a damaged backup or a gap is refused.
The database gets a new history: change cursors that clients hold are answered with ResumeExpired.

Examples:
  trinitas restore --db my.db --directory /backups
  trinitas restore --db my.db --directory /backups --at 2026-11-26T20:15:00Z --force
  trinitas restore --directory /backups --list --json`;
