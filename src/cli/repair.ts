import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { type RepairReport, repairDatabase, ValidationError } from '../engine/index.ts';
import {
  addFileOptions,
  assertDatabaseExists,
  type FileOptions,
  loadDatabaseConfig,
} from './database-options.ts';
import { EXIT_CODE } from './exit-code.ts';
import { Progress } from './progress.ts';

interface RepairCommandOptions extends FileOptions {
  readonly backup?: string | undefined;
  readonly dryRun: boolean;
}

export function createRepairCommand(): Command {
  const command = new Command('repair')
    .description(
      'Build a sound database out of a damaged one that nobody has open; the damaged file is kept beside it.',
    )
    .option(
      '--backup <file>',
      'full backup, or a folder of them, that fills what neither the file nor its change log holds',
    )
    .option('--dry-run', 'tell what would be saved and lost, and change nothing', false)
    .addHelpText('after', EXAMPLES);
  return addFileOptions(command).action(async (options: RepairCommandOptions) => {
    process.exitCode = await runRepair(options);
  });
}

async function runRepair(options: RepairCommandOptions): Promise<number> {
  const config = loadDatabaseConfig(options);
  assertDatabaseExists(config);
  const { backup = null, dryRun } = options;
  if (backup !== null && !existsSync(backup))
    throw new ValidationError(`there is no backup ${backup}`);
  const progress = new Progress('Saving');
  try {
    const report = await repairDatabase(config.memory.sqlite_path, {
      backup,
      dryRun,
      onProgress: ({ done, total }) => {
        if (total > 0) progress.update(done, total);
      },
    });
    progress.stop();
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${describe(report)}\n`);
    return report.memories.lost.length === 0 && report.lostCommits === 0
      ? EXIT_CODE.done
      : EXIT_CODE.failed;
  } finally {
    progress.stop();
  }
}

function describe(report: RepairReport): string {
  const { path, dryRun, findings, memories, changes, links, vectors } = report;
  if (findings.length === 0) return `${path}: nothing is wrong, nothing was done.`;
  return [
    `${path}: ${findings.length} things ${dryRun ? 'are' : 'were'} wrong${dryRun ? '; nothing was changed (--dry-run)' : ''}`,
    `memories  ${memories.saved} saved, ${memories.restored.length} restored, ${memories.lost.length} lost`,
    ...memories.restored.map(
      ({ namespace, key, version, from, mayBeOlder }) =>
        `  ${namespace} ${JSON.stringify(key)}: version ${version} from the ${from}${mayBeOlder ? '; a newer one may be lost' : ''}`,
    ),
    ...memories.lost.map(
      ({ namespace, key, id }) =>
        `  ${namespace ?? 'unknown namespace'} ${key === null ? `memory ${id}` : JSON.stringify(key)}: lost`,
    ),
    `changes   ${changes.saved} saved, ${changes.filled} from the backup, ${changes.dropped} given up`,
    `links     ${links.saved} saved, ${links.filled} from the backup, ${links.dropped} dropped`,
    `vectors   ${vectors.saved} saved, ${vectors.missing} to be made when the store is opened next`,
    ...(report.lostCommits === 0 ? [] : [`${report.lostCommits} acknowledged commits are lost`]),
    ...(report.newEpoch ? ['Cursors of before are refused from now on.'] : []),
    ...(report.damagedFile === null ? [] : [`The damaged file is ${report.damagedFile}`]),
  ].join('\n');
}

const EXAMPLES = `
What is derived (indexes, full text, tags, sign codes) is made anew; rows are copied page by page; what is lost is filled from the
change log and the backup. Ends with 1 when memories or acknowledged commits are lost.

Examples:
  trinitas repair --db my.db --dry-run
  trinitas repair --db my.db --backup backups/`;
