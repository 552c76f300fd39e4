import { join } from 'node:path';
import type { Internals } from './engine-internals.ts';
import { hammingInJavaScript } from './hamming-in-javascript.ts';
import { NearestList } from './nearest-list.ts';
import { bytesOfTables, foldLog, timedTransaction } from './plain-database.ts';
import { NEAREST, type VectorItem, type VectorWay } from './vector-way.ts';

const NAMESPACE = 'default';
const MODEL = 'bench';
/** The defaults of a recall. */
const CANDIDATES = 100;
/** Rows read at once. */
const CHUNK = 2_048;

/**
 * The engine's own tables in one file, searched in three ways. Each inserts its part: the vectors themselves, then their sign codes;
 * what ships needs both, so its insert is the sum of the two.
 */
export function openShippedWays(directory: string, internals: Internals): readonly VectorWay[] {
  const store = new ShippedStore(join(directory, 'shipped.db'), internals);
  let vectorMicroseconds = 0;
  let codeMicroseconds = 0;
  const shared = { settle: () => store.settle(), close: () => store.close() };
  return [
    {
      ...shared,
      name: 'int8, all compared',
      insert(items) {
        store.addMemories(items);
        vectorMicroseconds = store.addVectors(items);
        return vectorMicroseconds;
      },
      search: (query) => store.searchVectors(query),
      bytes: () => store.bytesOf(['embeddings']),
    },
    {
      ...shared,
      name: 'sign codes alone',
      insert(items) {
        codeMicroseconds = store.addCodes(items);
        return codeMicroseconds;
      },
      search: (query) => store.searchCodes(query, internals.hammingDistances),
      bytes: () => store.bytesOf(['vector_codes']),
    },
    {
      ...shared,
      name: 'sign codes alone, in JavaScript',
      insert: () => codeMicroseconds,
      search: (query) => store.searchCodes(query, hammingInJavaScript),
      bytes: () => store.bytesOf(['vector_codes']),
    },
    {
      ...shared,
      name: 'as shipped: sign codes, 300 by int8',
      insert: () => vectorMicroseconds + codeMicroseconds,
      search: (query) => store.recall(query),
      bytes: () => store.bytesOf(['embeddings', 'vector_codes']),
    },
  ];
}

class ShippedStore {
  readonly #internals: Internals;
  readonly #path: string;
  readonly #metrics: InstanceType<Internals['StatementMetrics']>;
  readonly #writer: InstanceType<Internals['WriteSession']>;
  readonly #codes: InstanceType<Internals['CodeIndex']>;
  readonly #embedderId: number;
  #hasDimension = false;
  #open = true;
  #reader: ReturnType<ShippedStore['openReader']> | undefined;

  constructor(path: string, internals: Internals) {
    this.#internals = internals;
    this.#path = path;
    this.#metrics = new internals.StatementMetrics({
      slowQueryMs: Number.MAX_SAFE_INTEGER,
      onSlow: () => undefined,
    });
    // Without an embedder, so that storing memories makes no vectors: they are inserted apart.
    this.#writer = new internals.WriteSession(
      { path, role: 'writer', synchronous: 'FULL', mmapSize: 0, embedder: null },
      this.#metrics,
    );
    this.#codes = new internals.CodeIndex(this.#writer.statements);
    const { statements } = this.#writer;
    const embedder = { model: MODEL, settingsText: '{}' };
    const id = internals.useEmbedder(statements, embedder, Date.now());
    if (id === null) throw new Error('the model was not registered');
    this.#embedderId = id;
  }

  /** The memories that the vectors belong to, all alike, so that only the vectors rank them; not measured. */
  addMemories(items: readonly VectorItem[]): void {
    const now = Date.now();
    const units = items.map(({ id }) => ({
      txid: `t${id}`,
      namespace: NAMESPACE,
      operations: [
        {
          kind: 'store' as const,
          key: `memory-${id}`,
          valueText: '"text"',
          metadataText: '{}',
          tags: [],
          section: 'working_memory' as const,
          persona: null,
          importance: 0.5,
          expiresAt: null,
        },
      ],
      deadline: now + 60_000,
      now,
    }));
    for (const [index, result] of this.#writer.commitGroup(units).results.entries()) {
      if ('error' in result) throw result.error;
      const [outcome] = result.outcome.outcomes;
      if (outcome?.kind !== 'created' || outcome.record.id !== items[index]?.id)
        throw new Error('a memory got another id than its vector');
    }
    this.#writer.checkpointIfNeeded();
  }

  /** Microseconds. */
  addVectors(items: readonly VectorItem[]): number {
    const { setDimension, saveVector, quantise } = this.#internals;
    const { statements, database } = this.#writer;
    const [first] = items;
    if (!this.#hasDimension && first !== undefined)
      setDimension(statements, this.#embedderId, first.vector.length);
    this.#hasDimension = true;
    return timedTransaction(database, () => {
      for (const { id, vector } of items)
        saveVector(statements, id, this.#embedderId, 0, quantise(vector), true);
    });
  }

  /** Microseconds. */
  addCodes(items: readonly VectorItem[]): number {
    const { signCode } = this.#internals;
    return timedTransaction(this.#writer.database, () => {
      for (const { id, vector } of items)
        this.#codes.set(this.#embedderId, NAMESPACE, id, signCode(vector));
      this.#codes.flush();
    });
  }

  settle(): void {
    foldLog(this.#writer.database);
    this.#reader ??= this.openReader();
  }

  searchVectors(query: Float32Array): readonly number[] {
    const { cosineSimilarity } = this.#internals;
    const nearest = new NearestList(NEAREST);
    for (let after = 0; ; ) {
      const rows = this.#statements.rows(
        `SELECT memory_id, scale, vector FROM embeddings WHERE memory_id > ? ORDER BY memory_id LIMIT ${CHUNK}`,
        after,
      ) as [number, number, Buffer][];
      for (const [id, scale, { buffer, byteOffset, length }] of rows) {
        const bytes = new Int8Array(buffer, byteOffset, length);
        nearest.offer(id, -cosineSimilarity(query, bytes, scale));
      }
      const last = rows.at(-1);
      if (last === undefined) return nearest.ids;
      after = last[0];
    }
  }

  searchCodes(query: Float32Array, measure: Internals['hammingDistances']): readonly number[] {
    const { signCode, readCodes, IDS_PER_BLOCK } = this.#internals;
    const code = signCode(query);
    const distances = new Uint16Array(IDS_PER_BLOCK);
    const nearest = new NearestList(NEAREST);
    const sql =
      'SELECT block, count, codes FROM vector_codes WHERE embedder_id = ? AND namespace = ?';
    const rows = this.#statements.rows(sql, this.#embedderId, NAMESPACE) as [
      number,
      number,
      Buffer,
    ][];
    for (const [block, count, bytes] of rows) {
      const { slots, codes } = readCodes(bytes, count, code.length);
      measure(code, codes, distances, 0);
      for (let index = 0; index < count; index += 1)
        nearest.offer(block * IDS_PER_BLOCK + (slots[index] as number), distances[index] as number);
    }
    return nearest.ids;
  }

  /** The whole read of a semantic recall, as a reader thread does it: with ranking and with the records of the hits. */
  recall(query: Float32Array): readonly number[] {
    const { hits } = this.#settled.session.read(
      'recall',
      {
        namespace: NAMESPACE,
        query: null,
        vectors: [{ model: MODEL, values: query }],
        named: [],
        filter: null,
        limit: NEAREST,
        candidates: { text: CANDIDATES, semantic: CANDIDATES },
        weights: { text: 0, semantic: 1 },
        includeSuperseded: false,
        now: Date.now(),
      },
      undefined,
    );
    return hits.map(({ record }) => record.id);
  }

  bytesOf(tables: readonly string[]): number {
    return bytesOfTables(this.#writer.database, tables);
  }

  /** The three ways share it: the first one closes it. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#reader?.database.close();
    this.#writer.close();
  }

  openReader() {
    const { openDatabase, StatementCache, ReadSession } = this.#internals;
    const database = openDatabase({
      path: this.#path,
      role: 'reader',
      synchronous: 'FULL',
      mmapSize: 0,
      embedder: null,
    });
    const statements = new StatementCache(database);
    const session = new ReadSession(database, statements, this.#metrics, this.#path);
    return { database, statements, session };
  }

  get #settled() {
    if (this.#reader === undefined) throw new Error('settle() was not called');
    return this.#reader;
  }

  get #statements() {
    return this.#settled.statements;
  }
}
