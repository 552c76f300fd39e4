import { crc32 } from 'node:zlib';
import type { ReadMap } from '../backends/read-map.ts';
import { embeddableText } from '../search/embeddable-text.ts';
import { CodeBlock, IDS_PER_BLOCK } from '../vectors/code-block.ts';
import { codeWords } from '../vectors/sign-code.ts';
import { readEmbedders } from './embedders.ts';
import { type EmbeddingState, vectorChecksum } from './embeddings.ts';
import type { StatementCache } from './statement-cache.ts';

const CURRENT = '(SELECT embedder_id FROM main.engine_meta WHERE id = 1)';
const STATES = `SELECT e.memory_id, e.state, e.error FROM json_each(?) AS listed CROSS JOIN main.embeddings e CROSS JOIN main.memories m
  WHERE e.memory_id = listed.value AND m.id = e.memory_id AND m.namespace = ?`;
const WAITING = `SELECT m.id, m.key, m.value, e.attempts, e.retry_at FROM main.embeddings e CROSS JOIN main.memories m
  WHERE e.state = 'PENDING' AND e.retry_at <= ? AND m.id = e.memory_id ORDER BY e.retry_at, e.memory_id LIMIT ?`;
/** Memories without a vector of the model in use, and, to be looked at, those with one. */
const AFTER = `SELECT m.id, m.key, m.value, e.embedder_id, e.embedder_id IS ${CURRENT} AND e.state = 'READY', e.scale, e.crc, e.vector, m.namespace
  FROM main.memories m LEFT JOIN main.embeddings e ON e.memory_id = m.id WHERE m.id > ? ORDER BY m.id LIMIT ?`;
const CODES =
  'SELECT count, codes FROM main.vector_codes WHERE embedder_id = ? AND namespace = ? AND block = ?';
/** Memories looked at in one statement. */
const LOOKED_AT = 256;
/** By the sign codes, of which every vector has one: 256 vectors in a row, where the table of vectors would be read whole. */
const READY = `SELECT embedder_id IS ${CURRENT}, sum(count) FROM main.vector_codes GROUP BY 1`;
const NOT_READY = `SELECT state, count(*) FROM main.embeddings WHERE state <> 'READY' GROUP BY 1`;

/** In the order of the ids; null = no vector is wanted. */
export function readEmbeddingStates(
  statements: StatementCache,
  { namespace, ids }: ReadMap['embeddingStates']['args'],
): ReadMap['embeddingStates']['result'] {
  const rows = statements.rows(STATES, JSON.stringify(ids), namespace);
  const states = new Map(
    rows.map(([id, state, error]) => [
      id as number,
      { state: state as EmbeddingState, error: error as string | null },
    ]),
  );
  return ids.map((id) => states.get(id) ?? null);
}

/** Texts to embed: those that wait, the longest due first, or all that have no sound vector of the model in use. */
export function readUnembedded(
  statements: StatementCache,
  args: ReadMap['unembedded']['args'],
): ReadMap['unembedded']['result'] {
  if ('afterId' in args) return readOutdated(statements, args.afterId, args.limit);
  return statements
    .rows(WAITING, args.now, args.limit)
    .map((row) => toText(row, row[3] as number, row[4] as number));
}

/** Those without a vector of the model in use, those whose vector does not match its checksum, and those whose vector has no sign code. */
function readOutdated(
  statements: StatementCache,
  afterId: number,
  limit: number,
): ReadMap['unembedded']['result'] {
  const found: ReadMap['unembedded']['result'][number][] = [];
  const codes = new CodedIds(statements);
  for (let after = afterId; found.length < limit; ) {
    const rows = statements.rows(AFTER, after, LOOKED_AT);
    for (const row of rows) {
      if (found.length < limit && !(isSound(row) && codes.has(row))) found.push(toText(row, 0, 0));
    }
    const last = rows.at(-1);
    if (last === undefined) return found;
    after = last[0] as number;
  }
  return found;
}

function isSound([id, , , embedderId, isReady, scale, crc, vector]: readonly unknown[]): boolean {
  if (isReady !== 1) return false;
  const [memoryId, model, factor] = [id as number, embedderId as number, scale as number];
  return vectorChecksum(memoryId, model, factor, vector as Buffer) === crc;
}

/** Which memories have a sign code, block by block; ids are asked for in ascending order. */
class CodedIds {
  readonly #statements: StatementCache;
  readonly #words: ReadonlyMap<number, number>;
  #block = -1;
  readonly #coded = new Map<string, ReadonlySet<number>>();

  constructor(statements: StatementCache) {
    this.#statements = statements;
    this.#words = new Map(
      readEmbedders(statements).map(({ id, dimension }) => [id, codeWords(dimension ?? 0)]),
    );
  }

  /** Of a row of AFTER. */
  has(row: readonly unknown[]): boolean {
    const [id, embedderId, namespace] = [row[0] as number, row[3] as number, row[8] as string];
    const block = Math.floor(id / IDS_PER_BLOCK);
    if (block !== this.#block) this.#coded.clear();
    this.#block = block;
    const name = `${embedderId}\0${namespace}`;
    const slots = this.#coded.get(name) ?? this.#read(embedderId, namespace, block);
    this.#coded.set(name, slots);
    return slots.has(id % IDS_PER_BLOCK);
  }

  #read(embedderId: number, namespace: string, block: number): ReadonlySet<number> {
    const row = this.#statements.row(CODES, embedderId, namespace, block);
    if (row === undefined) return new Set();
    const words = this.#words.get(embedderId) ?? 0;
    const codes = CodeBlock.read(row[1] as Buffer, row[0] as number, words);
    return new Set(codes === null ? [] : Array.from(codes.entries(), ([slot]) => slot));
  }
}

function toText(
  [id, key, valueText]: readonly unknown[],
  attempts: number,
  retryAt: number,
): ReadMap['unembedded']['result'][number] {
  const text = embeddableText({ key: key as string, valueText: valueText as string });
  return { memoryId: id as number, text, textCrc: crc32(text), attempts, retryAt };
}

/** From indexes alone: 100,000 vectors 0.1 ms, by the table of vectors 130 ms. */
export function readEmbeddingSummary(
  statements: StatementCache,
): ReadMap['embeddingSummary']['result'] {
  const counts = { ready: 0, pending: 0, failed: 0, outdated: 0 };
  for (const [isCurrent, count] of statements.rows(READY))
    counts[isCurrent === 1 ? 'ready' : 'outdated'] += count as number;
  for (const [state, count] of statements.rows(NOT_READY))
    counts[state === 'PENDING' ? 'pending' : 'failed'] += count as number;
  const memories = statements.row('SELECT count(*) FROM main.memories')?.[0] as number;
  return { ...counts, memories };
}
