import type { PublishedRecord } from '../backends/outbox-store.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import type { StagedVector } from '../model/participation.ts';
import { PUBLISHED_SECTIONS, type Section } from '../model/section.ts';
import { addPut, addRemoval, cancelPut } from './outbox.ts';
import type { StatementCache } from './statement-cache.ts';

const FIND =
  'SELECT record, section, embedder_id, text_crc FROM published_vectors WHERE memory_id = ?';
const SAVE = `INSERT INTO published_vectors (memory_id, record, namespace, section, embedder_id, text_crc) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (memory_id) DO UPDATE SET record = excluded.record, namespace = excluded.namespace, section = excluded.section,
    embedder_id = excluded.embedder_id, text_crc = excluded.text_crc`;
const DELETE = 'DELETE FROM published_vectors WHERE memory_id = ?';
const IS_LIVE = 'SELECT 1 FROM published_vectors WHERE record = ?';
const LIVE_AMONG = `SELECT p.record FROM json_each(?) AS listed CROSS JOIN main.published_vectors p ON p.record = listed.value`;
const VECTOR = `SELECT e.text_crc, m.namespace, m.section FROM embeddings e JOIN memories m ON m.id = e.memory_id
  WHERE e.memory_id = ? AND e.state = 'READY' AND e.embedder_id = ?`;

const SECTIONS: ReadonlySet<Section> = new Set(PUBLISHED_SECTIONS);
const SECTION_LIST = PUBLISHED_SECTIONS.map((section) => `'${section}'`).join(', ');

const FORGET_OTHER_MODELS = 'DELETE FROM published_vectors WHERE embedder_id IS NOT ?';
const FORGET_ALL = 'DELETE FROM published_vectors';
const REQUEST_MISSING = `INSERT INTO outbox (target, op, csn, namespace, section, memory_id)
  SELECT 'chroma', 'put', m.csn, m.namespace, m.section, m.id
  FROM memories m JOIN embeddings e ON e.memory_id = m.id
  WHERE m.section IN (${SECTION_LIST}) AND e.state = 'READY' AND e.embedder_id = ?
    AND NOT EXISTS (SELECT 1 FROM published_vectors p WHERE p.memory_id = m.id)
  ON CONFLICT (memory_id) WHERE op = 'put' DO NOTHING`;

/**
 * Which record of the vector store is live for each memory. It changes in the commit that changes the memory's vector: to the record
 * that was staged for it, or to none, with a request to publish the new vector; the old record becomes garbage, with a request to
 * remove it.
 */
export class Publications {
  readonly #statements: StatementCache;
  readonly embedderId: number | null;
  readonly #staged = new Map<number, StagedVector[]>();

  constructor(statements: StatementCache, embedderId: number | null) {
    this.#statements = statements;
    this.embedderId = embedderId;
  }

  /** Before the memories of a unit are followed. */
  offer(staged: readonly StagedVector[]): void {
    for (const vector of staged) {
      const known = this.#staged.get(vector.memoryId);
      if (known === undefined) this.#staged.set(vector.memoryId, [vector]);
      else known.push(vector);
    }
  }

  /** The unit failed: its caller removes what was staged. */
  withdraw(staged: readonly StagedVector[]): void {
    for (const { memoryId, record } of staged) {
      const others = this.#staged.get(memoryId)?.filter((vector) => vector.record !== record) ?? [];
      if (others.length === 0) this.#staged.delete(memoryId);
      else this.#staged.set(memoryId, others);
    }
  }

  /** The memory's vector is what it is now; call after the vectors have followed. */
  follow({ id, namespace, section, csn }: MemoryRecord, isNew: boolean): void {
    const live = isNew ? undefined : this.#find(id);
    const textCrc = SECTIONS.has(section) ? this.#textCrc(id) : undefined;
    if (
      live !== undefined &&
      live.textCrc === textCrc &&
      live.section === section &&
      live.embedderId === this.embedderId
    )
      return;
    if (live !== undefined) addRemoval(this.#statements, csn, namespace, live.section, live.record);
    if (textCrc === undefined || this.embedderId === null) {
      if (isNew) return;
      this.#statements.run(DELETE, id);
      cancelPut(this.#statements, id);
      return;
    }
    const staged = this.#staged
      .get(id)
      ?.find((vector) => vector.textCrc === textCrc && vector.section === section);
    if (staged === undefined) {
      if (live !== undefined) this.#statements.run(DELETE, id);
      addPut(this.#statements, csn, namespace, section, id);
      return;
    }
    this.#statements.run(SAVE, id, staged.record, namespace, section, this.embedderId, textCrc);
    if (!isNew) cancelPut(this.#statements, id);
  }

  /** The memory is gone. */
  forget({ id, namespace, csn }: MemoryRecord): void {
    const live = this.#find(id);
    if (live !== undefined) addRemoval(this.#statements, csn, namespace, live.section, live.record);
    this.#statements.run(DELETE, id);
    cancelPut(this.#statements, id);
  }

  /** At the end of a group: what members staged and nothing took is garbage. */
  discardUnused(
    units: readonly { readonly namespace: string; readonly staged: readonly StagedVector[] }[],
    csn: number,
  ): void {
    for (const { namespace, staged } of units) {
      for (const { record, section } of staged) {
        if (this.#statements.row(IS_LIVE, record) === undefined)
          addRemoval(this.#statements, csn, namespace, section, record);
      }
    }
    this.#staged.clear();
  }

  /** A record was put on request; it becomes live unless its memory has changed since. */
  published(put: PublishedRecord, csn: number): void {
    const { record, memoryId, namespace, section, embedderId, textCrc } = put;
    const row = this.#statements.row(VECTOR, memoryId, embedderId);
    const isCurrent = embedderId === this.embedderId && row?.[0] === textCrc && row[2] === section;
    const live = this.#find(memoryId);
    if (!isCurrent) {
      if (live?.record !== record) addRemoval(this.#statements, csn, namespace, section, record);
      return;
    }
    if (live !== undefined && live.record !== record)
      addRemoval(this.#statements, csn, namespace, live.section, live.record);
    this.#statements.run(SAVE, memoryId, record, namespace, section, embedderId, textCrc);
  }

  /** After a rollback. */
  rolledBack(): void {
    this.#staged.clear();
  }

  #find(id: number):
    | {
        readonly record: string;
        readonly section: string;
        readonly embedderId: number;
        readonly textCrc: number;
      }
    | undefined {
    const row = this.#statements.row(FIND, id);
    if (row === undefined) return undefined;
    const [record, section, embedderId, textCrc] = row as [string, string, number, number];
    return { record, section, embedderId, textCrc };
  }

  /** Of the ready vector of the model in use. */
  #textCrc(id: number): number | undefined {
    return this.#statements.row(VECTOR, id, this.embedderId)?.[0] as number | undefined;
  }
}

/** Inside a transaction: asks for every vector that is not published; `all` forgets first what is. */
export function requestPublications(
  statements: StatementCache,
  embedderId: number | null,
  all: boolean,
): void {
  if (all) statements.run(FORGET_ALL);
  else statements.run(FORGET_OTHER_MODELS, embedderId);
  statements.run(REQUEST_MISSING, embedderId);
}

/** Those of the records that are live. */
export function readLiveRecords(
  statements: StatementCache,
  records: readonly string[],
): readonly string[] {
  return statements.rows(LIVE_AMONG, JSON.stringify(records)).map(([record]) => record as string);
}

export function countPublished(statements: StatementCache): number {
  return statements.row('SELECT count(*) FROM main.published_vectors')?.[0] as number;
}

/** Nobody publishes: the next one who does begins anew. */
export function forgetPublications(statements: StatementCache): void {
  statements.run(FORGET_ALL);
}
