import type { Commit, Retention, Touch } from '../backends/backend.ts';
import type { HealthState, StatementStatistics } from '../backends/backend-statistics.ts';
import type { EmbeddedText } from '../backends/embedded-text.ts';
import { instantEmbedder } from '../embedding/embedder-setup.ts';
import type { MemorySystemError } from '../errors.ts';
import type { StatementExport, StatementMetrics } from '../metrics/statement-metrics.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import { migrateAlone, useEmbedderAlone } from './change-alone.ts';
import {
  assertSynchronous,
  type DatabaseOptions,
  openDatabase,
  type SqliteDatabase,
  sqliteVersion,
} from './database.ts';
import { DiskGuard } from './disk-guard.ts';
import { deleteUnusedEmbedders, embedderInUse, readEmbedders, setComplete } from './embedders.ts';
import { schemaVersion } from './file-format.ts';
import { fileIdentity, fileMoved } from './file-identity.ts';
import { type GroupResult, GroupWriter } from './group-writer.ts';
import { HighWaterMark } from './high-water-mark.ts';
import { pruneChanges } from './history-trim.ts';
import { pruneAnswers } from './idempotency.ts';
import { addAccess, type ExpiredMemory, findExpired } from './memories.ts';
import { beginIncarnation, markCleanShutdown, readMeta } from './meta.ts';
import { optimize } from './optimize.ts';
import { meetParticipants, OutboxSession } from './outbox-session.ts';
import { OwnerLock } from './owner-lock.ts';
import { ParticipantRecords } from './participant-records.ts';
import { Publications } from './publications.ts';
import { quarantineError, quarantineReason } from './quarantine.ts';
import { toMemoryError } from './sqlite-errors.ts';
import { StatementCache } from './statement-cache.ts';
import { rebuildText, type TextSlice } from './text-rebuild.ts';
import { pruneOutcomes } from './transaction-log.ts';
import { healVectors, saveEmbeddings } from './vector-upkeep.ts';
import { VectorWriter } from './vector-writer.ts';
import { checkAtStart } from './verify/start-check.ts';
import { WriteAheadLog } from './write-ahead-log.ts';
import type { WriteSessionInfo } from './write-session-info.ts';

/** Everything that changes the file, on one connection that is the only writer. */
export class WriteSession {
  readonly #options: DatabaseOptions;
  readonly #lock: OwnerLock;
  readonly #database: SqliteDatabase;
  readonly #statements: StatementCache;
  readonly #metrics: StatementMetrics;
  readonly #groups: GroupWriter;
  readonly #vectors: VectorWriter;
  readonly #participants: ParticipantRecords;
  readonly #mark: HighWaterMark;
  readonly info: WriteSessionInfo;
  readonly outbox: OutboxSession;
  readonly #identity: string | null;
  readonly #disk: DiskGuard | null;
  readonly #wal: WriteAheadLog;
  /** What the last checkpoint or the last high-water mark met; the commits themselves are safe. */
  #upkeepError: unknown;
  /** Why nothing is written any more; null when all is well. */
  #quarantine: string | null;

  constructor(options: DatabaseOptions, metrics: StatementMetrics) {
    this.#options = options;
    this.#metrics = metrics;
    this.#lock = new OwnerLock(options.path);
    try {
      this.#disk = DiskGuard.of(options, () => this.#fold());
      this.#database = openDatabase(options);
      this.#wal = new WriteAheadLog(this.#database, options.path, metrics);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    try {
      const isNew = migrateAlone(this.#database, options.path);
      this.#statements = new StatementCache(this.#database);
      const meta = readMeta(this.#database);
      const check = checkAtStart(this.#database, options.path, meta);
      this.#quarantine = quarantineReason(check.findings);
      // A damaged file is served as it is, without being written to.
      const sound = this.#quarantine === null;
      const embedderId = sound
        ? useEmbedderAlone(this.#database, this.#statements, options, isNew)
        : embedderInUse(this.#statements);
      // After the embedder, since a replica serves a file that was begun once.
      const incarnation = sound ? beginIncarnation(this.#database) : meta.incarnation;
      // These were the first writes of this connection, after which SQLite may have lowered `synchronous` (engine.md section 0).
      assertSynchronous(this.#database, options.synchronous);
      this.#identity = fileIdentity(options.path);
      const { participants = [] } = options;
      const publications = participants.includes('chroma')
        ? new Publications(this.#statements, embedderId)
        : null;
      this.#vectors = new VectorWriter(
        this.#statements,
        embedderId,
        instantEmbedder(options.embedder),
        publications,
      );
      const cacheEpoch = this.#database
        .transaction(() =>
          meetParticipants(this.#database, this.#statements, participants, embedderId),
        )
        .immediate();
      this.#participants = new ParticipantRecords(this.#statements, {
        caches: participants.includes('redis'),
        publications,
        cacheEpoch,
      });
      this.#groups = new GroupWriter(
        this.#database,
        this.#statements,
        this.#vectors,
        incarnation,
        meta,
        this.#participants,
      );
      this.info = {
        epoch: meta.epoch,
        schemaVersion: schemaVersion(this.#database),
        sqliteVersion: sqliteVersion(this.#database),
        journalMode: String(this.#database.pragma('journal_mode', { simple: true })),
        csn: meta.csn,
        headSeq: meta.changeSeq,
        cleanShutdown: meta.cleanShutdown,
        checkedWhole: check.whole,
        damage: check.findings,
        quarantine: this.#quarantine,
        embedders: readEmbedders(this.#statements),
        embedderId,
        storeId: meta.storeId,
        incarnation,
        cacheEpoch,
      };
      this.outbox = new OutboxSession(
        this.#database,
        this.#statements,
        publications,
        this.#participants,
        () => this.#requireSound(),
      );
      this.#mark = new HighWaterMark(options.path, meta.epoch);
      this.#keepReserve();
    } catch (error) {
      this.#database.close();
      this.#lock.release();
      throw toMemoryError(error);
    }
  }

  /** From now on reads go on and writes are refused; for damage that was found while the file was open. */
  quarantine(reason: string): void {
    this.#quarantine ??= reason;
  }

  get database(): SqliteDatabase {
    return this.#database;
  }

  /** Since this session was opened. */
  get checkpoints(): number {
    return this.#wal.folds;
  }

  get statements(): StatementCache {
    return this.#statements;
  }

  commitGroup(units: readonly WriteUnit[]): GroupResult {
    if (this.#quarantine !== null) return this.#refuse(units, quarantineError(this.#quarantine));
    if (this.#moved) return this.#refuse(units, fileMoved(this.#options.path));
    const full = this.#disk?.refusal() ?? null;
    if (full !== null) return this.#refuse(units, full);
    const start = performance.now();
    const before = this.#groups.csn;
    const group = this.#groups.commit(units);
    if (group.fault?.code === 'STORAGE_FULL') this.#disk?.metFullDisk();
    if (group.csn !== before) {
      this.#raiseMark(group.csn);
      this.#metrics.record('commit', group.commitMs, group.csn - before);
    }
    this.#metrics.record('group', performance.now() - start, units.length);
    return group;
  }

  #requireSound(): void {
    if (this.#quarantine !== null) throw quarantineError(this.#quarantine);
  }

  #leaveInOrder(): void {
    if (this.#quarantine !== null) return;
    markCleanShutdown(this.#database);
    this.#database.pragma('optimize');
    if (this.#options.role === 'writer') this.#database.pragma('wal_checkpoint(TRUNCATE)');
  }

  #refuse(units: readonly WriteUnit[], error: MemorySystemError): GroupResult {
    return {
      results: units.map(() => ({ error })),
      csn: this.#groups.csn,
      headSeq: this.#groups.headSeq,
      cacheEpoch: this.#participants.cacheEpoch,
      commitMs: 0,
    };
  }

  #refuseUpkeep(): void {
    this.#requireSound();
    this.#disk?.requireRoom();
  }

  get #moved(): boolean {
    return fileIdentity(this.#options.path) !== this.#identity;
  }

  /** The group is committed, so a failure here must not become an error of its writes: the next probe reports it. */
  #raiseMark(csn: number): void {
    try {
      this.#mark.write(csn);
    } catch (error) {
      this.#upkeepError = error;
    }
  }

  /** Folds the WAL back when it has grown; never throws; call between groups, after the acknowledgements are on their way. */
  checkpointIfNeeded(): void {
    if (this.#options.role !== 'writer') return;
    this.#keepReserve();
    try {
      if (this.#wal.foldIfLong()) this.#upkeepError = undefined;
    } catch (error) {
      // Nothing is lost, the commits stay in the WAL; the next probe reports it, the next group tries again.
      this.#upkeepError = error;
    }
  }

  /** For the snapshot policy, whose limits are configured: the WAL's file keeps its size until it is cut down. */
  truncateWal(): void {
    if (this.#options.role === 'writer' && this.#quarantine === null) this.#truncate();
  }

  #keepReserve(): void {
    try {
      this.#disk?.follow();
    } catch (error) {
      this.#upkeepError = error;
    }
  }

  #truncate(): void {
    this.#wal.fold('TRUNCATE');
    this.#upkeepError = undefined;
  }

  /** For a disk that is full. False: the WAL is as long as it was, and the next probe says why. */
  #fold(): boolean {
    if (this.#options.role !== 'writer') return false;
    try {
      this.#truncate();
      return true;
    } catch (error) {
      this.#upkeepError = error;
      return false;
    }
  }

  touch(namespace: string, touches: readonly Touch[]): void {
    if (this.#quarantine !== null) return;
    this.#database
      .transaction(() => {
        for (const touch of touches)
          addAccess(this.#statements, namespace, touch.memoryId, touch.at, touch.count);
      })
      .immediate();
  }

  /** Newest commit and newest entry of the change log. */
  get position(): { readonly csn: number; readonly headSeq: number } {
    return { csn: this.#groups.csn, headSeq: this.#groups.headSeq };
  }

  /** Takes the answers of a slow embedder; returns the memories whose vectors changed. Answers for texts of the past are dropped. */
  saveEmbeddings(answers: readonly EmbeddedText[]): Commit['touched'] {
    this.#refuseUpkeep();
    return saveEmbeddings(this.#database, this.#statements, this.#vectors, answers);
  }

  /** Makes damaged or missing vectors anew, and the sign codes around them; nothing in quarantine. */
  healVectors(ids: readonly number[]): Commit['touched'] {
    if (this.#quarantine !== null) return [];
    return healVectors(this.#database, this.#statements, this.#vectors, ids);
  }

  /** Every memory was offered to the embedder in use: no other model needs to serve, and those without vectors are forgotten. */
  completeEmbedder(): void {
    const { embedderId } = this.info;
    if (embedderId === null || this.#quarantine !== null) return;
    this.#database
      .transaction(() => {
        setComplete(this.#statements, embedderId);
        deleteUnusedEmbedders(this.#statements, embedderId);
      })
      .immediate();
  }

  rebuildText(afterId: number, limit: number): TextSlice {
    this.#requireSound();
    return rebuildText(this.#database, this.#statements, afterId, limit);
  }

  reserveIds(count: number): number {
    this.#refuseUpkeep();
    return this.#groups.reserveIds(count);
  }

  findExpired(now: number, limit: number): readonly ExpiredMemory[] {
    return findExpired(this.#statements, now, limit);
  }

  prune(retention: Retention): number {
    if (this.#quarantine !== null) return 0;
    return this.#database
      .transaction(
        () =>
          pruneChanges(
            this.#statements,
            this.#groups.headSeq,
            retention.keepChanges,
            retention.changesBefore,
          ) +
          pruneAnswers(this.#statements, retention.now) +
          pruneOutcomes(this.#statements, retention.now),
      )
      .immediate();
  }

  optimize(): readonly string[] {
    if (this.#quarantine !== null) return [];
    return optimize(this.#database, this.#statements);
  }

  /** Proves that the file can be written: a write transaction that changes nothing for readers. Throws what the last upkeep met. */
  probe(): void {
    if (this.#moved) throw fileMoved(this.#options.path);
    this.#disk?.requireRoom();
    if (this.#upkeepError !== undefined) {
      const error = this.#upkeepError;
      this.#upkeepError = undefined;
      throw toMemoryError(error);
    }
    if (this.#quarantine !== null) return;
    this.#database
      .transaction(() =>
        this.#statements.run('UPDATE engine_meta SET cache_epoch = cache_epoch WHERE id = 1'),
      )
      .immediate();
  }

  exportStatements(): readonly StatementExport[] {
    return this.#metrics.export();
  }

  statementStatistics(): readonly StatementStatistics[] {
    return this.#metrics.statistics();
  }

  get state(): HealthState {
    return this.#quarantine === null ? 'OK' : 'QUARANTINE';
  }

  /** Throws when the file could not be left in order, as on a full disk; it is closed anyway, and no commit is lost. */
  close(): void {
    try {
      if (!this.#moved) {
        this.#leaveInOrder();
        this.#disk?.close();
      }
    } catch (error) {
      throw toMemoryError(error);
    } finally {
      this.#database.close();
      this.#mark.close();
      this.#lock.release();
    }
  }
}
