import type { BackupManifest } from './backup-manifest.ts';

export interface BackupRetention {
  /** Full backups kept, each with the incremental ones that continue it. */
  readonly keep: number;
  /** Older full backups go, whatever their number; null = of any age. */
  readonly keepMs: number | null;
}

/**
 * The backups of one database beyond their retention. A full one goes together with all that continue it; the newest
 * full one always stays. Incremental ones whose base is gone go too: nothing can be restored from them.
 */
export function expiredBackups(
  backups: readonly BackupManifest[],
  { keep, keepMs }: BackupRetention,
  now: number,
): readonly BackupManifest[] {
  const fulls = backups.filter(({ kind }) => kind === 'full');
  const kept = new Set<string>();
  for (const [age, { name, takenAt }] of fulls.toReversed().entries()) {
    const recent = keepMs === null || now - Date.parse(takenAt) <= keepMs;
    if (age === 0 || (age < keep && recent)) kept.add(name);
  }
  // Oldest first, so a base is always looked at before what continues it.
  for (const { name, base } of backups) if (base !== null && kept.has(base.name)) kept.add(name);
  return backups.filter(({ name }) => !kept.has(name)).toReversed();
}
