import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instantEmbedder } from '../../../src/engine/embedding/embedder-setup.ts';
import { StatementMetrics } from '../../../src/engine/metrics/statement-metrics.ts';
import type { WriteOperation } from '../../../src/engine/model/write-operation.ts';
import type { Filter } from '../../../src/engine/search/filter.ts';
import { openReader } from '../../../src/engine/sqlite/open-reader.ts';
import { ReadSession } from '../../../src/engine/sqlite/read-session.ts';
import { recall } from '../../../src/engine/sqlite/recall.ts';
import { StatementCache } from '../../../src/engine/sqlite/statement-cache.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { commitUnit, openWriteSession } from '../../support/open-write-session.ts';
import { randomFrom } from '../../support/random.ts';
import { recallArguments } from '../../support/recall-arguments.ts';
import { someWords, wordTable } from '../../support/word-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const WORDS = someWords(30);
const SETUP = wordTable(WORDS, 64);
const COMMITS = 60;
const NOW = Date.now();
const NAMESPACES = ['here', 'there'] as const;
const CACHE: Filter = {
  operand: { field: 'section' },
  comparison: { operator: 'eq', value: 'cache' },
};

describe('what a connection keeps for recall', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trinitas-kept-'));
    path = join(folder, 'memory.db');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it(`never changes a hit, whatever is committed, trimmed or rebuilt (seed ${SEED})`, () => {
    const random = randomFrom(SEED);
    const session = openWriteSession(path, 'writer', SETUP);
    const embedder = instantEmbedder(SETUP);
    const { database } = openReader({
      ...{ path, role: 'reader', synchronous: 'NORMAL', mmapSize: 0 },
      embedder: null,
    });
    const metrics = new StatementMetrics({ slowQueryMs: 1e9, onSlow: () => undefined });
    const kept = new ReadSession(database, new StatementCache(database), metrics, path);
    const anew = new StatementCache(database);
    const word = (): string => WORDS[random(WORDS.length)] ?? '';
    const present = new Set<string>();
    const change = (namespace: string): WriteOperation => {
      const key = `k${random(40)}`;
      if (random(6) === 0 && present.delete(`${namespace}/${key}`))
        return { kind: 'delete', target: { key } };
      present.add(`${namespace}/${key}`);
      return storing(key, [word(), word(), word(), WORDS[0]].slice(random(3)).join(' '), {
        section: random(3) === 0 ? 'cache' : 'semantic_memory',
        persona: random(3) === 0 ? 'Ada' : null,
        importance: random(11) / 10,
        expiresAt: random(8) === 0 ? NOW + 60_000 : null,
      });
    };
    let hits = 0;
    for (let commit = 0; commit < COMMITS; commit += 1) {
      const namespace = NAMESPACES[random(2)] ?? 'here';
      for (let count = random(6); count > 0; count -= 1)
        commitUnit(session, unitOf(namespace, [change(namespace)], { now: NOW + commit }));
      if (random(10) === 0)
        session.prune({ changesBefore: NOW + 90_000, keepChanges: 0, now: NOW });
      if (random(10) === 0) {
        // What an index has lost comes back without a commit number.
        session.statements.run(
          'DELETE FROM memories_text WHERE rowid IN (SELECT id FROM memories WHERE id % 3 = 0)',
        );
        if (random(2) === 0) session.rebuildText(0, 1_000);
      }
      const text = `${WORDS[0]} ${word()} ${word()}${random(5) === 0 ? ` -${word()}` : ''}`;
      const values = embedder?.embedText(text) ?? null;
      for (const [filter, withVector, now, asked] of [
        [null, true, NOW, text],
        [null, false, NOW + 60_000, WORDS[0] ?? ''],
        [CACHE, true, NOW, text],
      ] as const) {
        const args = recallArguments(namespace, asked, {
          filter,
          named: ['Ada'],
          vectors: withVector && values !== null ? [{ model: SETUP.model, values }] : [],
          weights: { text: 1, semantic: withVector ? 1 : 0 },
          limit: 1 + random(20),
          now,
        });
        const found = kept.read('recall', args, undefined);
        expect(found, `commit ${commit}`).toEqual(recall(anew, args));
        hits += found.hits.length;
      }
    }
    expect(hits).toBeGreaterThan(COMMITS);
    database.close();
  });
});
