import type { Commit, Retention, Touch } from '../backends/backend.ts';
import type { HealthState, StatementStatistics } from '../backends/backend-statistics.ts';
import type { EmbeddedText } from '../backends/embedded-text.ts';
import type { MemorySystemError } from '../errors.ts';
import type { StatementExport, StatementMetrics } from '../metrics/statement-metrics.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import { beginWriting } from './begin-writing.ts';
import type { DatabaseOptions, SqliteDatabase } from './database.ts';
import { deleteUnusedEmbedders, setComplete } from './embedders.ts';
import type { GroupResult, GroupWriter } from './group-writer.ts';
import { pruneChanges } from './history-trim.ts';
import { pruneAnswers } from './idempotency.ts';
import { addAccess, type ExpiredMemory, findExpired } from './memories.ts';
import { optimize } from './optimize.ts';
import type { OutboxSession } from './outbox-session.ts';
import { OwnedFile } from './owned-file.ts';
import type { ParticipantRecords } from './participant-records.ts';
import { toMemoryError } from './sqlite-errors.ts';
import type { StatementCache } from './statement-cache.ts';
import { rebuildText, type TextSlice } from './text-rebuild.ts';
import { pruneOutcomes } from './transaction-log.ts';
import { healVectors, saveEmbeddings } from './vector-upkeep.ts';
import type { VectorWriter } from './vector-writer.ts';
import type { WriteGate } from './write-gate.ts';
import type { WriteSessionInfo } from './write-session-info.ts';

/** Everything that changes the file, on one connection that is the only writer. */
export class WriteSession {
  readonly #file: OwnedFile;
  readonly #gate: WriteGate;
  readonly #metrics: StatementMetrics;
  readonly #groups: GroupWriter;
  readonly #vectors: VectorWriter;
  readonly #participants: ParticipantRecords;
  readonly database: SqliteDatabase;
  readonly statements: StatementCache;
  readonly outbox: OutboxSession;
  readonly info: WriteSessionInfo;

  constructor(options: DatabaseOptions, metrics: StatementMetrics) {
    this.#metrics = metrics;
    this.#file = new OwnedFile(options, metrics);
    this.database = this.#file.database;
    try {
      const parts = beginWriting(this.#file, options);
      this.#gate = parts.gate;
      this.#groups = parts.groups;
      this.#vectors = parts.vectors;
      this.#participants = parts.participants;
      this.statements = parts.statements;
      this.outbox = parts.outbox;
      this.info = parts.info;
      this.#file.beginUpkeep(parts.info.epoch);
    } catch (error) {
      this.#file.close();
      throw toMemoryError(error);
    }
  }

  /** From now on reads go on and writes are refused; for damage that was found while the file was open. */
  quarantine(reason: string): void {
    this.#gate.quarantine(reason);
  }

  /** Since this session was opened. */
  get checkpoints(): number {
    return this.#file.checkpoints;
  }

  commitGroup(units: readonly WriteUnit[]): GroupResult {
    const refusal = this.#gate.refusal();
    if (refusal !== null) return this.#refuse(units, refusal);
    const start = performance.now();
    const before = this.#groups.csn;
    const group = this.#groups.commit(units);
    if (group.fault?.code === 'STORAGE_FULL') this.#file.disk?.metFullDisk();
    if (group.csn !== before) {
      this.#file.raiseMark(group.csn);
      this.#metrics.record('commit', group.commitMs, group.csn - before);
    }
    this.#metrics.record('group', performance.now() - start, units.length);
    return group;
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

  /** Folds the WAL back when it has grown; never throws; call between groups, after the acknowledgements are on their way. */
  checkpointIfNeeded(): void {
    this.#file.checkpointIfNeeded();
  }

  /** For the snapshot policy, whose limits are configured; nothing in quarantine. */
  truncateWal(): void {
    if (this.#gate.isSound) this.#file.truncateWal();
  }

  touch(namespace: string, touches: readonly Touch[]): void {
    if (!this.#gate.isSound) return;
    this.database
      .transaction(() => {
        for (const touch of touches)
          addAccess(this.statements, namespace, touch.memoryId, touch.at, touch.count);
      })
      .immediate();
  }

  /** Newest commit and newest entry of the change log. */
  get position(): { readonly csn: number; readonly headSeq: number } {
    return { csn: this.#groups.csn, headSeq: this.#groups.headSeq };
  }

  /** Takes the answers of a slow embedder; returns the memories whose vectors changed. Answers for texts of the past are dropped. */
  saveEmbeddings(answers: readonly EmbeddedText[]): Commit['touched'] {
    this.#gate.requireSoundAndRoom();
    return saveEmbeddings(this.database, this.statements, this.#vectors, answers);
  }

  /** Makes damaged or missing vectors anew, and the sign codes around them; nothing in quarantine. */
  healVectors(ids: readonly number[]): Commit['touched'] {
    if (!this.#gate.isSound) return [];
    return healVectors(this.database, this.statements, this.#vectors, ids);
  }

  /** Every memory was offered to the embedder in use: no other model needs to serve, and those without vectors are forgotten. */
  completeEmbedder(): void {
    const { embedderId } = this.info;
    if (embedderId === null || !this.#gate.isSound) return;
    this.database
      .transaction(() => {
        setComplete(this.statements, embedderId);
        deleteUnusedEmbedders(this.statements, embedderId);
      })
      .immediate();
  }

  rebuildText(afterId: number, limit: number): TextSlice {
    this.#gate.requireSound();
    return rebuildText(this.database, this.statements, afterId, limit);
  }

  reserveIds(count: number): number {
    this.#gate.requireSoundAndRoom();
    return this.#groups.reserveIds(count);
  }

  findExpired(now: number, limit: number): readonly ExpiredMemory[] {
    return findExpired(this.statements, now, limit);
  }

  prune(retention: Retention): number {
    if (!this.#gate.isSound) return 0;
    return this.database
      .transaction(
        () =>
          pruneChanges(
            this.statements,
            this.#groups.headSeq,
            retention.keepChanges,
            retention.changesBefore,
          ) +
          pruneAnswers(this.statements, retention.now) +
          pruneOutcomes(this.statements, retention.now),
      )
      .immediate();
  }

  optimize(): readonly string[] {
    if (!this.#gate.isSound) return [];
    return optimize(this.database, this.statements);
  }

  /** Proves that the file can be written: a write transaction that changes nothing for readers. Throws what the last upkeep met. */
  probe(): void {
    this.#gate.requirePlaceAndRoom();
    this.#file.throwUpkeepError();
    if (!this.#gate.isSound) return;
    this.database
      .transaction(() =>
        this.statements.run('UPDATE engine_meta SET cache_epoch = cache_epoch WHERE id = 1'),
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
    return this.#gate.isSound ? 'OK' : 'QUARANTINE';
  }

  /** Throws when the file could not be left in order, as on a full disk; it is closed anyway, and no commit is lost. */
  close(): void {
    try {
      if (!this.#gate.isMoved) {
        if (this.#gate.isSound) this.#file.leaveInOrder();
        this.#file.disk?.close();
      }
    } catch (error) {
      throw toMemoryError(error);
    } finally {
      this.#file.close();
    }
  }
}
