import { crc32 } from 'node:zlib';
import type { EmbeddedText } from '../backends/embedded-text.ts';
import type { EmbedderInfo } from '../backends/embedder-info.ts';
import type { InstantEmbedder } from '../embedding/embedder.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import { embeddableText } from '../search/embeddable-text.ts';
import { IDS_PER_BLOCK } from '../vectors/code-block.ts';
import { type KeptVector, quantise } from '../vectors/quantised-vector.ts';
import { signCode } from '../vectors/sign-code.ts';
import { CodeIndex } from './code-index.ts';
import { hasVectors, readEmbedders, setDimension } from './embedders.ts';
import {
  deleteEmbedding,
  type EmbeddingRow,
  findEmbedding,
  findVector,
  saveVector,
  saveWaiting,
} from './embeddings.ts';
import type { Publications } from './publications.ts';
import type { StatementCache } from './statement-cache.ts';

/**
 * Keeps the vectors of memories in step with their texts, in the commit that changes the texts: with an instant embedder the new
 * vector, with a slow one a note that it is wanted (state PENDING), which is the outbox of the embedding worker.
 */
export class VectorWriter {
  readonly #statements: StatementCache;
  readonly #codes: CodeIndex;
  readonly #embedderId: number | null;
  readonly #instant: InstantEmbedder | null;
  readonly #publications: Publications | null;
  #embedders: readonly EmbedderInfo[];

  /** `embedderId` null: new texts get no vector; `publications` null: no vector store follows. */
  constructor(
    statements: StatementCache,
    embedderId: number | null,
    instant: InstantEmbedder | null,
    publications: Publications | null = null,
  ) {
    this.#publications = publications;
    this.#statements = statements;
    this.#codes = new CodeIndex(statements);
    this.#embedderId = embedderId;
    this.#instant = instant;
    this.#embedders = readEmbedders(statements);
  }

  inserted(record: MemoryRecord): void {
    this.#embed(record, undefined);
    this.#publications?.follow(record, true);
  }

  /** Does nothing when the text to embed is the same as before. */
  replaced(record: MemoryRecord): void {
    this.#embed(record, findEmbedding(this.#statements, record.id));
    this.#publications?.follow(record, false);
  }

  /** The row itself goes by foreign key. */
  deleted(record: MemoryRecord): void {
    const { id, namespace } = record;
    this.#publications?.forget(record);
    for (const embedder of this.#embedders) {
      if (embedder.dimension === null || !hasVectors(this.#statements, embedder.id)) continue;
      this.#codes.delete(embedder.id, namespace, id, embedder.dimension);
    }
  }

  /** Takes what a slow embedder made of a memory; false when the memory or its text has changed since. */
  takeAnswer(record: MemoryRecord | undefined, answer: EmbeddedText): boolean {
    if (record === undefined || !this.#takeVector(record, answer)) return false;
    this.#publications?.follow(record, false);
    return true;
  }

  #takeVector(record: MemoryRecord, answer: EmbeddedText): boolean {
    if (this.#embedderId === null) return false;
    const text = embeddableText(record);
    if (crc32(text) !== answer.textCrc) return false;
    const before = findEmbedding(this.#statements, record.id);
    if (answer.vector !== null) {
      const { vector } = answer;
      const kept = { ...quantise(vector), code: signCode(vector) };
      this.#save(record, before, this.#embedderId, answer.textCrc, kept);
      return true;
    }
    if (answer.error === null) {
      this.#forget(record, before);
      return true;
    }
    // A vector of an earlier model goes on serving until the new one is there.
    if (before?.state === 'READY') return true;
    const { textCrc, attempts, error } = answer;
    saveWaiting(this.#statements, record.id, {
      embedderId: this.#embedderId,
      state: answer.retryAt === null ? 'FAILED' : 'PENDING',
      textCrc,
      attempts,
      retryAt: answer.retryAt ?? 0,
      error,
    });
    return true;
  }

  /**
   * Makes vectors anew that are damaged or missing, and the sign codes of the whole blocks they stand in. With a slow embedder they wait
   * for it; sound ones stay.
   */
  heal(records: readonly MemoryRecord[], ids: readonly number[]): void {
    const blocks = new Set(ids.map((id) => Math.floor(id / IDS_PER_BLOCK)));
    for (const block of blocks) this.#codes.rebuild(block);
    for (const record of records) {
      const row = findVector(this.#statements, record.id);
      const sound = row?.state !== 'READY' || row.bytes !== null;
      if (row !== undefined && sound && row.textCrc === crc32(embeddableText(record))) continue;
      this.#forget(record, row);
      this.#embed(record, undefined);
    }
  }

  /** Inside the transaction of the commit, after the last change. */
  flush(): void {
    this.#codes.flush();
  }

  /** After a rollback. */
  rolledBack(): void {
    this.#codes.forget();
    this.#embedders = readEmbedders(this.#statements);
  }

  #embed(record: MemoryRecord, before: EmbeddingRow | undefined): void {
    const embedderId = this.#embedderId;
    const text = embeddableText(record);
    if (embedderId === null || text === '') {
      this.#forget(record, before);
      return;
    }
    const textCrc = crc32(text);
    if (before?.embedderId === embedderId && before.textCrc === textCrc) return;
    if (this.#instant === null) {
      this.#dropCode(record, before);
      saveWaiting(this.#statements, record.id, {
        embedderId,
        state: 'PENDING',
        textCrc,
        attempts: 0,
        retryAt: 0,
        error: null,
      });
      return;
    }
    const kept = this.#instant.embedForKeeping(text);
    if (kept === null) this.#forget(record, before);
    else this.#save(record, before, embedderId, textCrc, kept);
  }

  #save(
    { id, namespace }: MemoryRecord,
    before: EmbeddingRow | undefined,
    embedderId: number,
    textCrc: number,
    kept: KeptVector,
  ): void {
    if (before !== undefined && before.embedderId !== embedderId)
      this.#dropCode({ id, namespace }, before);
    this.#rememberDimension(embedderId, kept.bytes.length);
    saveVector(this.#statements, id, embedderId, textCrc, kept, before === undefined);
    this.#codes.set(embedderId, namespace, id, kept.code);
  }

  #forget(record: MemoryRecord, before: EmbeddingRow | undefined): void {
    if (before === undefined) return;
    this.#dropCode(record, before);
    deleteEmbedding(this.#statements, record.id);
  }

  #dropCode(
    { id, namespace }: Pick<MemoryRecord, 'id' | 'namespace'>,
    before: EmbeddingRow | undefined,
  ): void {
    if (before?.state !== 'READY') return;
    const dimension = this.#embedders.find((row) => row.id === before.embedderId)?.dimension;
    if (dimension != null) this.#codes.delete(before.embedderId, namespace, id, dimension);
  }

  #rememberDimension(embedderId: number, dimension: number): void {
    if (this.#embedders.find((row) => row.id === embedderId)?.dimension != null) return;
    setDimension(this.#statements, embedderId, dimension);
    this.#embedders = readEmbedders(this.#statements);
  }
}
