import type { Config } from '../config.ts';
import { type BackupManifest, listBackups, ValidationError } from '../engine/index.ts';
import { EXIT_CODE } from './exit-code.ts';

/** The folder that was named, or else the configured one; ValidationError when there is neither. */
export function backupDirectory({ backup }: Config, named: string | undefined): string {
  const directory = named ?? backup.directory;
  if (directory !== undefined) return directory;
  throw new ValidationError('no folder of backups is named', {
    remedy: 'Name it with --directory, or set backup.directory in the configuration.',
  });
}

/** Shows the backups of a folder, oldest first; what is damaged goes to stderr and makes the exit code 1. */
export async function printBackups(directory: string, json: boolean): Promise<number> {
  const { backups, damaged } = await listBackups(directory);
  if (json) process.stdout.write(`${JSON.stringify(backups)}\n`);
  else for (const backup of backups) process.stdout.write(`${describe(backup)}\n`);
  for (const problem of damaged) process.stderr.write(`trinitas: ${problem}\n`);
  return damaged.length === 0 ? EXIT_CODE.done : EXIT_CODE.failed;
}

function describe({ name, kind, takenAt, csn, memories, bytes, base }: BackupManifest): string {
  const continues = base === null ? '' : `, continues ${base.name}`;
  return `${name}  ${kind}, ${takenAt}, commit ${csn}, ${memories} memories, ${bytes} bytes${continues}`;
}
