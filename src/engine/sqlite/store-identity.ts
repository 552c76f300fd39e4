import type { StoreIdentity } from '../backends/follow-reads.ts';
import { type SqliteDatabase, sqliteVersion } from './database.ts';
import { embedderInUse, readEmbedders } from './embedders.ts';
import { schemaVersion } from './file-format.ts';
import { fileIdentity } from './file-identity.ts';
import { readMeta } from './meta.ts';
import type { StatementCache } from './statement-cache.ts';

/** What a replica has to know of the file that it serves. */
export function readStoreIdentity(
  database: SqliteDatabase,
  statements: StatementCache,
  path: string,
): StoreIdentity {
  const { epoch, storeId, incarnation, cacheEpoch, csn, changeSeq } = readMeta(database);
  return {
    file: fileIdentity(path),
    ...{ epoch, storeId, incarnation, cacheEpoch, csn, headSeq: changeSeq },
    schemaVersion: schemaVersion(database),
    sqliteVersion: sqliteVersion(database),
    journalMode: String(database.pragma('journal_mode', { simple: true })),
    embedders: readEmbedders(statements),
    embedderId: embedderInUse(statements),
  };
}
