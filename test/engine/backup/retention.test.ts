import { describe, expect, it } from 'vitest';
import type { BackupManifest } from '../../../src/engine/backup/backup-manifest.ts';
import { expiredBackups } from '../../../src/engine/backup/backup-retention.ts';

const DAY = 86_400_000;

function backup(name: string, day: number, base: string | null = null): BackupManifest {
  const takenAt = new Date(day * DAY).toISOString();
  return {
    format: 'trinitas-backup',
    formatVersion: 1,
    name,
    kind: base === null ? 'full' : 'incremental',
    database: 'live.db',
    writtenBy: '0.0.0',
    schemaVersion: 1,
    takenAt,
    bytes: 1,
    sha256: 'a'.repeat(64),
    epoch: 'e',
    csn: day,
    changeSeq: day,
    memories: 0,
    changes: 0,
    base:
      base === null ? null : { name: base, sha256: 'a'.repeat(64), csn: 0, changeSeq: 0, takenAt },
  };
}

const BACKUPS = [
  backup('f1', 1),
  backup('f1a', 2, 'f1'),
  backup('f1b', 3, 'f1a'),
  backup('f2', 4),
  backup('f2a', 5, 'f2'),
  backup('f3', 6),
];

const namesOf = (keep: number, keepDays: number | null, today = 6): readonly string[] =>
  expiredBackups(
    BACKUPS,
    { keep, keepMs: keepDays === null ? null : keepDays * DAY },
    today * DAY,
  ).map(({ name }) => name);

describe('retention', () => {
  it('keeps so many full backups, each with all that continue it', () => {
    expect(namesOf(3, null)).toEqual([]);
    expect(namesOf(2, null)).toEqual(['f1b', 'f1a', 'f1']);
    expect(namesOf(1, null)).toEqual(['f2a', 'f2', 'f1b', 'f1a', 'f1']);
  });

  it('keeps them for so many days, but the newest for ever', () => {
    expect(namesOf(9, 2)).toEqual(['f1b', 'f1a', 'f1']);
    expect(namesOf(9, 1)).toEqual(['f2a', 'f2', 'f1b', 'f1a', 'f1']);
    expect(namesOf(9, 1, 1_000)).toEqual(['f2a', 'f2', 'f1b', 'f1a', 'f1']);
  });

  it('drops what nothing can be restored from', () => {
    const orphans = BACKUPS.filter(({ name }) => name !== 'f2');
    const expired = expiredBackups(orphans, { keep: 9, keepMs: null }, 6 * DAY);
    expect(expired.map(({ name }) => name)).toEqual(['f2a']);
  });
});
