import { MemoryDataCorruptionError, NotFoundError, ValidationError } from '../errors.ts';
import type { BackupManifest } from './backup-manifest.ts';

/** What to restore; at most one of `csn` and `at`. */
export interface RestorePoint {
  /** Name of a backup; by default the newest one, or the first that reaches the moment. */
  readonly backup?: string | undefined;
  /** Newest commit to restore. */
  readonly csn?: number | undefined;
  /** Unix ms: commits up to this time. */
  readonly at?: number | undefined;
}

/**
 * The backups that lead to a point, the full one first. Errors: NotFoundError when there is no such backup,
 * ValidationError when no backup holds the point exactly, MemoryDataCorruptionError when a link of the chain is missing.
 */
export function chainTo(
  backups: readonly BackupManifest[],
  point: RestorePoint,
): readonly BackupManifest[] {
  const target = find(backups, point);
  const chain = [target];
  for (let [first] = chain; first?.base != null; [first] = chain) {
    const { base } = first;
    const before = backups.find(({ name }) => name === base.name);
    if (before === undefined || before.sha256 !== base.sha256 || before.epoch !== first.epoch)
      throw new MemoryDataCorruptionError(
        `the chain of backups has a gap: ${first.name} continues ${base.name}, which is not there`,
        {
          data: { missing: base.name },
          remedy: `Put ${base.name} back into the folder, or restore another backup (--list shows them).`,
        },
      );
    chain.unshift(before);
  }
  return chain;
}

function find(backups: readonly BackupManifest[], point: RestorePoint): BackupManifest {
  const newest = backups.at(-1);
  if (newest === undefined) throw new NotFoundError('there are no backups in this folder');
  const named = backups.find(({ name }) => name === point.backup);
  if (point.backup !== undefined && named === undefined)
    throw new NotFoundError(`there is no backup ${point.backup}`, {
      remedy: 'List them with --list.',
    });
  if (point.csn === undefined && point.at === undefined) return named ?? newest;
  // Commit numbers compare only within one history.
  const epoch = (named ?? newest).epoch;
  const candidates =
    named === undefined
      ? backups.filter((backup) => point.at !== undefined || backup.epoch === epoch)
      : [named];
  const found = candidates.find((backup) => holds(backup, point));
  if (found === undefined) throw notCovered(candidates, point);
  return found;
}

/** A full backup holds one moment; an incremental one every moment since its base. */
function holds({ csn, takenAt, base }: BackupManifest, point: RestorePoint): boolean {
  if (point.csn !== undefined)
    return point.csn === csn || (base !== null && point.csn >= base.csn && point.csn < csn);
  const at = point.at ?? Number.NaN;
  const end = Date.parse(takenAt);
  return at === end || (base !== null && at >= Date.parse(base.takenAt) && at < end);
}

function notCovered(candidates: readonly BackupManifest[], point: RestorePoint): ValidationError {
  const wanted =
    point.csn === undefined ? new Date(point.at ?? 0).toISOString() : `commit ${point.csn}`;
  const describe = ({ name, csn, takenAt }: BackupManifest): string =>
    `${name} (commit ${csn}, ${takenAt})`;
  const before = candidates.filter(({ csn, takenAt }) =>
    point.csn === undefined ? Date.parse(takenAt) <= (point.at ?? 0) : csn <= point.csn,
  );
  const nearest = before.at(-1) ?? candidates[0];
  return new ValidationError(
    `no backup reaches ${wanted}: incremental backups do, from their base to their own moment`,
    {
      remedy:
        nearest === undefined
          ? 'List them with --list.'
          : `The nearest is --backup ${describe(nearest)}.`,
    },
  );
}
