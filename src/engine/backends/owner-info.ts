import type { WriteSessionInfo } from '../sqlite/write-session-info.ts';
import type { BackendInfo } from './backend.ts';

/** What is told of a file that this process owns. */
export function ownerInfo(
  own: Pick<BackendInfo, 'backend' | 'path' | 'synchronous'>,
  session: WriteSessionInfo,
): BackendInfo {
  return {
    ...own,
    role: 'OWNER',
    epoch: session.epoch,
    schemaVersion: session.schemaVersion,
    sqliteVersion: session.sqliteVersion,
    journalMode: session.journalMode,
    embedders: session.embedders,
    embedderId: session.embedderId,
    storeId: session.storeId,
    incarnation: session.incarnation,
    cacheEpoch: session.cacheEpoch,
  };
}
