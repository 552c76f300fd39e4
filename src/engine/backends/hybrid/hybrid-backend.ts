import type { WriteUnit } from '../../model/unit-of-work.ts';
import type { UnitOutcome } from '../../model/unit-outcome.ts';
import type { CommitBus, MemoryCache } from '../../participants/memory-cache.ts';
import type { Participant } from '../../participants/participant.ts';
import type { VectorStore } from '../../participants/vector-store.ts';
import type {
  Backend,
  BackendInfo,
  Commit,
  CommitListener,
  Participants,
  ReadOptions,
  Retention,
  ServedIsolation,
  Touch,
  TransactionView,
} from '../backend.ts';
import type { BackendStatistics, HealthCheck } from '../backend-statistics.ts';
import type { EmbeddedText } from '../embedded-text.ts';
import type { ReadKind, ReadMap } from '../read-map.ts';
import type { SqliteBackend } from '../sqlite.ts';
import type { CachedMemories } from './cached-memories.ts';
import type { CommitProtocol } from './commit-protocol.ts';
import { HybridParticipants } from './hybrid-participants.ts';
import type { OutboxWorker } from './outbox-worker.ts';
import type { ProtocolTrace } from './protocol-step.ts';
import { PublicationCheck } from './publication-check.ts';
import { askVectorStore } from './published-recall.ts';
import { sweepRecords } from './record-sweep.ts';
import type { UnitNames } from './unit-names.ts';

export interface HybridParts {
  readonly store: SqliteBackend;
  readonly cache: MemoryCache | null;
  readonly bus: CommitBus | null;
  readonly vectors: VectorStore | null;
  /** Of the vectors in the vector store; null without an embedder. */
  readonly model: string | null;
  readonly names: UnitNames;
  readonly outbox: OutboxWorker;
  readonly protocol: CommitProtocol;
  readonly cachedMemories: CachedMemories | null;
  readonly headSeq: number;
  readonly operationTimeoutMs: number;
  readonly trace: ProtocolTrace;
}

/**
 * SQLite with Redis and Chroma beside it: every write goes by the commit protocol, point reads by the cache, the semantic arm by
 * Chroma, everything else, transactions included, to SQLite alone, which is right without the two.
 */
export class HybridBackend implements Backend {
  readonly participants: Participants;
  readonly #parts: HybridParts;
  readonly #openedAt = Date.now();
  readonly #closing = new AbortController();
  readonly #check: PublicationCheck | null;
  #headSeq: number;

  constructor(parts: HybridParts) {
    this.#parts = parts;
    this.#headSeq = parts.headSeq;
    this.participants = new HybridParticipants(parts);
    const { store, vectors } = parts;
    this.#check =
      vectors === null ? null : new PublicationCheck(store, vectors, this.#closing.signal);
    // The first of the listeners: the cache turns to the new epoch before anybody is answered.
    parts.store.onCommit((commit) => this.#onCommit(commit));
  }

  /** After the recovery: what is left to do is done beside everything else. `mayHoldRecords`: vectors were published before. */
  start(mayHoldRecords: boolean): void {
    const { outbox, vectors, store, trace } = this.#parts;
    outbox.start();
    if (vectors === null) return;
    this.#check?.start(outbox);
    if (!mayHoldRecords) return;
    const sweep = (): void =>
      outbox.track(sweepRecords(store, vectors, this.#openedAt, this.#closing.signal, trace));
    if (vectors.available) sweep();
    else {
      const stop = vectors.onAvailable(() => {
        stop();
        sweep();
      });
    }
  }

  get info(): BackendInfo {
    return this.#parts.store.info;
  }

  get integrity(): Backend['integrity'] {
    return this.#parts.store.integrity;
  }

  healVectors(memoryIds: readonly number[]): Promise<number> {
    return this.#parts.store.healVectors(memoryIds);
  }

  write(unit: WriteUnit, bytes: number): Promise<UnitOutcome> {
    return this.#parts.protocol.commit(unit, bytes);
  }

  async read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    options?: ReadOptions,
  ): Promise<ReadMap[K]['result']> {
    const { store, cachedMemories, vectors } = this.#parts;
    if (kind === 'getMany' && cachedMemories !== null) {
      const records = await cachedMemories.getMany(args as ReadMap['getMany']['args'], options);
      return records as ReadMap[K]['result'];
    }
    if (kind === 'recall' && vectors !== null) {
      const found = await this.#recall(vectors, args as ReadMap['recall']['args'], options);
      return found as ReadMap[K]['result'];
    }
    return store.read(kind, args, options);
  }

  async #recall(
    vectors: VectorStore,
    args: ReadMap['recall']['args'],
    options: ReadOptions | undefined,
  ): Promise<ReadMap['recall']['result']> {
    const { store, model, operationTimeoutMs } = this.#parts;
    const isChecked = this.#check?.isPassed === true;
    if (args.vectors.length === 0 || model === null || !isChecked)
      return store.read('recall', args, options);
    const deadline = options?.deadline ?? Date.now() + operationTimeoutMs;
    const sinceSeq = this.#headSeq;
    const answer = await askVectorStore(vectors, model, args, { sinceSeq, deadline });
    if (answer.published === null) {
      const found = await store.read('recall', args, options);
      return { ...found, problem: found.problem ?? answer.problem };
    }
    return store.read('recall', { ...args, published: answer.published }, options);
  }

  openTransaction(namespace: string, isolation: ServedIsolation): Promise<TransactionView> {
    return this.#parts.store.openTransaction(namespace, isolation);
  }

  reserveIds(count: number): Promise<number> {
    return this.#parts.store.reserveIds(count);
  }

  touch(namespace: string, touches: readonly Touch[]): Promise<void> {
    return this.#parts.store.touch(namespace, touches);
  }

  async saveEmbeddings(answers: readonly EmbeddedText[]): Promise<number> {
    const saved = await this.#parts.store.saveEmbeddings(answers);
    this.#parts.outbox.wake('chroma');
    return saved;
  }

  completeEmbedder(): Promise<void> {
    return this.#parts.store.completeEmbedder();
  }

  sweepExpired(now: number, limit: number): Promise<number> {
    return this.#parts.store.sweepExpired(now, limit, (unit, bytes) => this.write(unit, bytes));
  }

  prune(retention: Retention): Promise<number> {
    return this.#parts.store.prune(retention);
  }

  optimize(): Promise<readonly string[]> {
    return this.#parts.store.optimize();
  }

  rebuildText(afterId: number, limit: number): ReturnType<Backend['rebuildText']> {
    return this.#parts.store.rebuildText(afterId, limit);
  }

  resize(readers: number): Promise<number> {
    return this.#parts.store.resize(readers);
  }

  async probe(): Promise<readonly HealthCheck[]> {
    await Promise.all([
      this.#parts.store.probe(),
      ...this.#beside().map((participant) => participant.probe()),
    ]);
    return this.health();
  }

  health(): readonly HealthCheck[] {
    const beside = this.#beside().map((participant): HealthCheck => {
      const { name, state, message, probeMs, at } = participant.statistics();
      return { name, state, message, latencyMs: probeMs, at };
    });
    return [...this.#parts.store.health(), ...beside, ...this.#parts.outbox.checks()];
  }

  statistics(): Promise<BackendStatistics> {
    return this.#parts.store.statistics();
  }

  onCommit(listener: CommitListener): () => void {
    return this.#parts.store.onCommit(listener);
  }

  /** What is open stays in the outbox; the database goes last. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#parts.outbox.close();
    await Promise.all(this.#beside().map((participant) => participant.close()));
    await this.#parts.store.close();
  }

  #beside(): readonly Participant[] {
    const { cache, vectors } = this.#parts;
    return [cache, vectors].filter((participant) => participant !== null);
  }

  #onCommit({ csn, headSeq, cacheEpoch, touched }: Commit): void {
    const { cache, bus, vectors, names, outbox } = this.#parts;
    this.#headSeq = Math.max(this.#headSeq, headSeq);
    cache?.useEpoch(cacheEpoch);
    for (const { namespace, memoryId, key } of touched) names.learn(namespace, memoryId, key);
    if (vectors !== null) outbox.wake('chroma');
    bus?.publish({ csn, headSeq });
  }
}
