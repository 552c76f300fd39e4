import { Command } from 'commander';
import {
  type BackupManifest,
  type BackupRetention,
  backupDatabase,
  ValidationError,
} from '../engine/index.ts';
import { backupDirectory, printBackups } from './backup-directory.ts';
import {
  addFileOptions,
  assertDatabaseExists,
  type FileOptions,
  loadDatabaseConfig,
  parseWholeNumber,
} from './database-options.ts';
import { EXIT_CODE } from './exit-code.ts';
import { Progress } from './progress.ts';
import { withInterruption } from './with-interruption.ts';

interface BackupOptions extends FileOptions {
  readonly directory?: string | undefined;
  readonly incremental: boolean;
  readonly name?: string | undefined;
  readonly keep?: number | undefined;
  readonly list: boolean;
}

const MS_PER_DAY = 86_400_000;

export function createBackupCommand(): Command {
  const command = new Command('backup')
    .description('Take a verified backup of a database, also while a server or others write to it.')
    .option(
      '--directory <folder>',
      'folder of the backups (default: backup.directory of the configuration)',
    )
    .option('--incremental', 'only what changed since the newest backup there', false)
    .option('--name <name>', 'name of the backup (default: name of the database and the time)')
    .option(
      '--keep <number>',
      'full backups kept, with their incremental ones (default: all; with backup.directory: backup.keep)',
      parseWholeNumber,
    )
    .option('--list', 'show the backups of the folder instead', false)
    .addHelpText('after', EXAMPLES);
  return addFileOptions(command).action(async (options: BackupOptions) => {
    process.exitCode = await runBackup(options);
  });
}

async function runBackup(options: BackupOptions): Promise<number> {
  const config = loadDatabaseConfig(options);
  const directory = backupDirectory(config, options.directory);
  if (options.list) return printBackups(directory, options.json);
  assertDatabaseExists(config);
  const { sqlite_path: path } = config.memory;
  const kind = options.incremental ? 'incremental' : 'full';
  const retention = retentionOf(options, config.backup);
  return withInterruption(async (signal) => {
    const progress = new Progress('Backing up');
    try {
      const manifest = await backupDatabase(
        { path, directory, kind, name: options.name, retention },
        { signal, onProgress: (done, total) => progress.update(done, total) },
      );
      process.stdout.write(
        options.json ? `${JSON.stringify(manifest)}\n` : `${describe(manifest)}\n`,
      );
      return EXIT_CODE.done;
    } catch (error) {
      if (signal.aborted) return EXIT_CODE.interrupted;
      throw error;
    } finally {
      progress.stop();
    }
  });
}

/** The configured retention is that of the configured folder. */
function retentionOf(
  { directory, keep }: BackupOptions,
  configured: ReturnType<typeof loadDatabaseConfig>['backup'],
): BackupRetention | undefined {
  if (keep === 0) throw new ValidationError('--keep must be at least 1');
  const own = directory === undefined;
  if (keep === undefined && !own) return undefined;
  const days = own ? configured.keep_days : undefined;
  return { keep: keep ?? configured.keep, keepMs: days === undefined ? null : days * MS_PER_DAY };
}

function describe({ name, kind, csn, memories, changes, bytes }: BackupManifest): string {
  return `${name}: ${kind}, ${memories} memories, ${changes} changes, commit ${csn}, ${bytes} bytes, verified`;
}

const EXAMPLES = `
A running server goes on meanwhile: the database is read beside it, at one commit.

Examples:
  trinitas backup --db my.db --directory /backups
  trinitas backup --db my.db --directory /backups --incremental
  trinitas backup --directory /backups --list`;
