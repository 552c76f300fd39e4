import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { instantEmbedder } from '../../src/engine/embedding/embedder-setup.ts';
import { StatementMetrics } from '../../src/engine/metrics/statement-metrics.ts';
import { LINK_KINDS } from '../../src/engine/model/link.ts';
import type { WriteOperation } from '../../src/engine/model/write-operation.ts';
import { WriteSession } from '../../src/engine/sqlite/write-session.ts';
import { storing, unitOf } from '../support/memory-space.ts';
import { recallArguments } from '../support/recall-arguments.ts';
import { someWords, wordTable } from '../support/word-table.ts';
import type { Question } from './questions.ts';

/** Memories of the first namespace; a third as many in the second. */
const MEMORIES = 90;
const WORDS = someWords(60);
export const SAMPLE_EMBEDDER = wordTable(WORDS, 64);

export interface SampleStore {
  /** A file that was closed in order. */
  readonly closed: string;
  /** The same content as a killed writer left it: half of the commits are only in its log. */
  readonly killed: string;
  /** Numbers of the pages of each table and index in the closed file. */
  readonly pages: ReadonlyMap<string, readonly number[]>;
  readonly pageSize: number;
  readonly questions: readonly Question[];
}

/** A small store with something of everything: two namespaces, personas, tags, conversations, links, updates, deletions, expiry. */
export function makeSampleStore(): SampleStore {
  const folder = mkdtempSync(join(tmpdir(), 'trinitas-corruption-'));
  const path = join(folder, 'sample.db');
  const killed = join(folder, 'killed.db');
  const now = Date.now();
  const session = new WriteSession(
    { path, role: 'writer', synchronous: 'NORMAL', mmapSize: 0, embedder: SAMPLE_EMBEDDER },
    new StatementMetrics({ slowQueryMs: Number.POSITIVE_INFINITY, onSlow: () => undefined }),
  );
  const commit = (namespace: string, operations: readonly WriteOperation[]): void => {
    const [result] = session.commitGroup([unitOf(namespace, operations, { now })]).results;
    if (result === undefined || 'error' in result) throw result?.error ?? new Error('no result');
  };
  const half = Math.floor(MEMORIES / 2);
  for (let index = 0; index < half; index += 1) commit('main', [sampleMemory(index, now)]);
  session.database.pragma('wal_checkpoint(PASSIVE)');
  for (let index = half; index < MEMORIES; index += 1) commit('main', [sampleMemory(index, now)]);
  for (let index = 0; index < MEMORIES / 3; index += 1) commit('other', [sampleMemory(index, now)]);
  for (let index = 0; index < 20; index += 1) commit('main', [changeOf(index, now)]);
  for (let index = 20; index < 30; index += 1) {
    const link = LINK_KINDS[index % LINK_KINDS.length] ?? 'relates';
    commit('main', [
      { kind: 'link', from: { key: keyOf(index) }, to: { key: keyOf(index + 10) }, link },
    ]);
  }
  // This process has the file open, but closing a copied descriptor harms only locks that nobody else asks for (pitfall 1).
  for (const suffix of ['', '-wal', '.hwm']) copyFileSync(`${path}${suffix}`, `${killed}${suffix}`);
  session.close();
  const { pages, pageSize } = pagesOf(path);
  return { closed: path, killed, pages, pageSize, questions: questionsOf(now) };
}

function keyOf(index: number): string {
  return `memory_${index}`;
}

function wordsOf(index: number, count: number): string {
  return Array.from({ length: count }, (_, at) => WORDS[(index * 7 + at * 3) % WORDS.length]).join(
    ' ',
  );
}

function sampleMemory(index: number, now: number): WriteOperation {
  // Every tenth value needs overflow pages.
  const text = wordsOf(index, index % 10 === 0 ? 2_500 : 12);
  return storing(
    keyOf(index),
    { text, number: index },
    {
      tags: [`tag_${index % 5}`],
      persona: index % 3 === 0 ? `persona_${index % 4}` : null,
      importance: (index % 10) / 10,
      section: index % 2 === 0 ? 'semantic_memory' : 'episodic_memory',
      metadataText: JSON.stringify({ conversation: `talk_${index % 4}`, position: index }),
      expiresAt: index % 11 === 0 ? now + 86_400_000 : null,
    },
  );
}

function changeOf(index: number, now: number): WriteOperation {
  if (index % 4 === 3) return { kind: 'delete', target: { key: keyOf(index) } };
  const changed = sampleMemory(index + 200, now);
  return { ...changed, key: keyOf(index) } as WriteOperation;
}

/** Every kind of read, so that each table and index is needed by one. */
function questionsOf(now: number): readonly Question[] {
  const vector = instantEmbedder(SAMPLE_EMBEDDER)?.embedText(wordsOf(5, 4));
  if (vector == null) throw new Error('the words of the sample have no direction');
  const vectors = [{ model: SAMPLE_EMBEDDER.model, values: vector }];
  const order = [{ field: 'createdAt', direction: 'desc' }] as const;
  const list = {
    order,
    limit: 25,
    after: null,
    before: null,
    fromEnd: false,
    withTotal: true,
    now,
  };
  return ['main', 'other', 'nobody'].flatMap((namespace): Question[] => {
    const count = namespace === 'main' ? MEMORIES : MEMORIES / 3;
    const keys = Array.from({ length: count }, (_, index) => ({ key: keyOf(index) }));
    const target = { key: keyOf(24) };
    return [
      ...keys.map((key): Question => ['getMany', { namespace, targets: [key], now }]),
      ['getMany', { namespace, targets: [{ id: 3 }, { id: 50 }, { id: 9_999 }], now }],
      ['list', { ...list, namespace, filter: null }],
      ['list', { ...list, namespace, filter: { tags: 'any', values: ['tag_2'] }, limit: 200 }],
      [
        'list',
        {
          ...{ ...list, namespace, limit: 200 },
          filter: {
            operand: { field: 'section' },
            comparison: { operator: 'eq', value: 'episodic_memory' },
          },
        },
      ],
      [
        'list',
        {
          ...{ ...list, namespace, order: [{ field: 'key', direction: 'asc' }] },
          filter: {
            operand: { json: 'value', path: ['number'] },
            comparison: { operator: 'lt', value: 30 },
          },
        },
      ],
      ['recall', recallArguments(namespace, wordsOf(5, 3), { now })],
      ['recall', recallArguments(namespace, WORDS[7] ?? '', { now, limit: 10 })],
      [
        'recall',
        recallArguments(namespace, null, { now, vectors, weights: { text: 0, semantic: 1 } }),
      ],
      [
        'recall',
        recallArguments(namespace, wordsOf(8, 2), {
          now,
          vectors,
          weights: { text: 1, semantic: 1 },
        }),
      ],
      ['changes', { namespace, afterSeq: 0, limit: 500, filter: null }],
      ['history', { namespace, target: { key: keyOf(2) }, beforeSeq: null, limit: 10 }],
      ['history', { namespace, target: { key: keyOf(3) }, beforeSeq: null, limit: 10 }],
      ['versions', { namespace, target: { key: keyOf(4) }, versions: [1, 2, 3] }],
      ['getManyAsOf', { namespace, targets: keys.slice(0, 20), moment: { seq: 100 } }],
      ['listAsOf', { ...list, namespace, filter: null, moment: { seq: 60 } }],
      ['links', { namespace, target, kinds: LINK_KINDS, direction: null, limit: 10, now }],
      ['personas', { namespace, names: null }],
      ['similar', { namespace, target, limit: 5, now }],
      [
        'duplicates',
        {
          ...{ namespace, key: 'copy', now, section: 'semantic_memory', persona: null },
          valueText: JSON.stringify({ text: wordsOf(40, 12), number: 40 }),
        },
      ],
    ];
  });
}

function pagesOf(path: string): Pick<SampleStore, 'pages' | 'pageSize'> {
  const database = new Database(path, { readonly: true });
  try {
    const pages = new Map<string, number[]>();
    for (const row of database.prepare('SELECT name, pageno FROM dbstat').raw().all()) {
      const [name, page] = row as [string, number];
      pages.set(name, [...(pages.get(name) ?? []), page]);
    }
    return { pages, pageSize: database.pragma('page_size', { simple: true }) as number };
  } finally {
    database.close();
  }
}
