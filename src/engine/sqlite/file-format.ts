import { ValidationError } from '../errors.ts';
import { APPLICATION_ID } from '../own-file.ts';
import type { SqliteDatabase } from './database.ts';

/**
 * Refuses the files of other programs and of newer versions. Called before anything is set, because already choosing a
 * journal mode would change the file.
 */
export function refuseForeignFile(database: SqliteDatabase, newestVersion: number): void {
  const applicationId = Number(database.pragma('application_id', { simple: true }));
  if (applicationId !== APPLICATION_ID) refuseUnlessEmpty(database, applicationId);
  const version = schemaVersion(database);
  if (version > newestVersion) {
    throw new ValidationError(
      `the database has schema version ${version}, this program knows ${newestVersion}`,
      { remedy: 'Open it with the newer Trinitas that wrote it.' },
    );
  }
}

export function schemaVersion(database: SqliteDatabase): number {
  return Number(database.pragma('user_version', { simple: true }));
}

function refuseUnlessEmpty(database: SqliteDatabase, applicationId: number): void {
  const tables = Number(database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
  if (applicationId === 0 && tables === 0) return;
  throw new ValidationError('the file is an SQLite database of another program', {
    remedy:
      'Choose another sqlite_path; bring a Trinitas v4 file over with `trinitas migrate --from trinitas-v4 FILE`.',
  });
}
