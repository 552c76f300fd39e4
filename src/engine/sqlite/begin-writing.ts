import { instantEmbedder } from '../embedding/embedder-setup.ts';
import { migrateAlone, useEmbedderAlone } from './change-alone.ts';
import { assertSynchronous, type DatabaseOptions, sqliteVersion } from './database.ts';
import { embedderInUse, readEmbedders } from './embedders.ts';
import { schemaVersion } from './file-format.ts';
import { GroupWriter } from './group-writer.ts';
import { beginIncarnation, readMeta } from './meta.ts';
import { meetParticipants, OutboxSession } from './outbox-session.ts';
import type { OwnedFile } from './owned-file.ts';
import { ParticipantRecords } from './participant-records.ts';
import { Publications } from './publications.ts';
import { quarantineReason } from './quarantine.ts';
import { StatementCache } from './statement-cache.ts';
import { VectorWriter } from './vector-writer.ts';
import { checkAtStart } from './verify/start-check.ts';
import { WriteGate } from './write-gate.ts';
import type { WriteSessionInfo } from './write-session-info.ts';

/** What a session writes with. */
export interface WriteParts {
  readonly statements: StatementCache;
  readonly gate: WriteGate;
  readonly vectors: VectorWriter;
  readonly participants: ParticipantRecords;
  readonly groups: GroupWriter;
  readonly outbox: OutboxSession;
  readonly info: WriteSessionInfo;
}

/**
 * Brings the tables up to date, looks for damage, and begins an incarnation. A damaged file is served as it is: but for the
 * records of participants, nothing more is written to it.
 */
export function beginWriting({ database, disk }: OwnedFile, options: DatabaseOptions): WriteParts {
  const isNew = migrateAlone(database, options.path);
  const statements = new StatementCache(database);
  const meta = readMeta(database);
  const check = checkAtStart(database, options.path, meta);
  const quarantine = quarantineReason(check.findings);
  const sound = quarantine === null;
  const embedderId = sound
    ? useEmbedderAlone(database, statements, options, isNew)
    : embedderInUse(statements);
  // After the embedder, since a replica serves a file that was begun once.
  const incarnation = sound ? beginIncarnation(database) : meta.incarnation;
  // These were the first writes of this connection, after which SQLite may have lowered `synchronous` (engine.md section 0).
  assertSynchronous(database, options.synchronous);
  const gate = new WriteGate(options.path, disk, quarantine);
  const { participants: names = [] } = options;
  const publications = names.includes('chroma') ? new Publications(statements, embedderId) : null;
  const vectors = new VectorWriter(
    statements,
    embedderId,
    instantEmbedder(options.embedder),
    publications,
  );
  const cacheEpoch = database
    .transaction(() => meetParticipants(database, statements, names, embedderId))
    .immediate();
  const participants = new ParticipantRecords(statements, {
    caches: names.includes('redis'),
    publications,
    cacheEpoch,
  });
  return {
    statements,
    gate,
    vectors,
    participants,
    groups: new GroupWriter(database, statements, vectors, incarnation, meta, participants),
    outbox: new OutboxSession(database, statements, publications, participants, () =>
      gate.requireSound(),
    ),
    info: {
      epoch: meta.epoch,
      schemaVersion: schemaVersion(database),
      sqliteVersion: sqliteVersion(database),
      journalMode: String(database.pragma('journal_mode', { simple: true })),
      csn: meta.csn,
      headSeq: meta.changeSeq,
      cleanShutdown: meta.cleanShutdown,
      checkedWhole: check.whole,
      damage: check.findings,
      quarantine,
      embedders: readEmbedders(statements),
      embedderId,
      storeId: meta.storeId,
      incarnation,
      cacheEpoch,
    },
  };
}
