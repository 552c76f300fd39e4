import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StatementMetrics } from '../../../src/engine/metrics/statement-metrics.ts';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import type { Section } from '../../../src/engine/model/section.ts';
import type { Filter, FilterScalar } from '../../../src/engine/search/filter.ts';
import { evaluateFilter } from '../../../src/engine/search/filter-evaluate.ts';
import { DeadlineClock } from '../../../src/engine/sqlite/deadline-clock.ts';
import { MemoryGroups } from '../../../src/engine/sqlite/memory-groups.ts';
import { openReader } from '../../../src/engine/sqlite/open-reader.ts';
import { ReadSession } from '../../../src/engine/sqlite/read-session.ts';
import { recall } from '../../../src/engine/sqlite/recall.ts';
import { StatementCache } from '../../../src/engine/sqlite/statement-cache.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { commitUnit, openWriteSession } from '../../support/open-write-session.ts';
import { randomFrom } from '../../support/random.ts';
import { recallArguments } from '../../support/recall-arguments.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const COMMITS = 60;
const USED: readonly Section[] = ['working_memory', 'semantic_memory', 'cache'];
const PERSONAS = ['Ada', 'Grace', null];

const where = (field: 'section' | 'persona', ...values: readonly FilterScalar[]): Filter => ({
  operand: { field },
  comparison: { operator: 'in', values },
});
const FILTERS: readonly Filter[] = [
  where('section', 'cache'),
  where('section', 'working_memory', 'semantic_memory'),
  where('persona', 'Ada'),
  where('persona', 'Ada', 'Nobody'),
  { and: [where('section', 'cache'), where('persona', 'Grace', 'Ada'), where('persona', 'Ada')] },
  { and: [where('section', 'cache'), { not: where('persona', 'Ada') }] },
  where('persona', 'Grace', null),
  { or: [where('section', 'cache'), where('section', 'semantic_memory')] },
];

describe('MemoryGroups', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trinitas-groups-'));
    path = join(folder, 'memory.db');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function openReads() {
    const options = { path, role: 'reader', synchronous: 'NORMAL', mmapSize: 0 } as const;
    const { database } = openReader({ ...options, embedder: null });
    return { database, statements: new StatementCache(database) };
  }

  it(`bars after any commits only what no filter lets through, also when the log lost them (seed ${SEED})`, () => {
    const random = randomFrom(SEED);
    const session = openWriteSession(path);
    const { database, statements } = openReads();
    const groups = new MemoryGroups(database, new DeadlineClock(database));
    const records = new Map<string, MemoryRecord>();
    let barred = 0;
    for (let commit = 0; commit < COMMITS; commit += 1) {
      const operations = Array.from({ length: 1 + random(6) }, () =>
        random(5) === 0
          ? ({ kind: 'delete', target: { key: `k${random(60)}` } } as const)
          : storing(`k${random(60)}`, `text ${random(1_000)}`, {
              section: USED[random(USED.length)] ?? 'cache',
              persona: PERSONAS[random(PERSONAS.length)] ?? null,
            }),
      );
      for (const operation of operations) {
        const known = operation.kind === 'delete' ? records.get(operation.target.key) : undefined;
        if (operation.kind === 'delete' && known === undefined) continue;
        const { outcomes } = commitUnit(session, unitOf('main', [operation]));
        if (known !== undefined) records.delete(known.key);
        else for (const { record } of outcomes) if (record) records.set(record.key, record);
      }
      if (random(10) === 0)
        session.prune({ changesBefore: Date.now() + 1_000, keepChanges: 0, now: Date.now() });
      if (random(3) === 0) continue;
      for (const filter of FILTERS) {
        const gate = groups.open(statements, 'main', filter);
        for (const record of records.values()) {
          const passes = gate?.mayPass(record.id) ?? true;
          if (evaluateFilter(filter, record)) expect(passes).toBe(true);
          else if (!passes) barred += 1;
        }
      }
    }
    expect(barred).toBeGreaterThan(COMMITS);
    expect(groups.open(statements, 'main', null)).toBeNull();
    expect(groups.open(statements, 'main', { not: where('section', 'cache') })).toBeNull();
    database.close();
  });

  it(`leaves the hits of a recall as they are (seed ${SEED})`, () => {
    const random = randomFrom(SEED);
    const session = openWriteSession(path);
    for (const namespace of ['main', 'other']) {
      const operations = Array.from({ length: 300 }, (_, index) =>
        storing(`k${index}`, `word${random(4)} word${random(4)} word${random(30)}`, {
          section: USED[random(USED.length)] ?? 'cache',
          persona: PERSONAS[random(PERSONAS.length)] ?? null,
        }),
      );
      commitUnit(session, unitOf(namespace, operations));
    }
    const { database, statements } = openReads();
    const metrics = new StatementMetrics({ slowQueryMs: 1e9, onSlow: () => undefined });
    const reads = new ReadSession(database, statements, metrics, path);
    for (const filter of FILTERS) {
      const args = recallArguments('main', `word1 word2 word${random(30)}`, { filter });
      const { hits } = reads.read('recall', args, undefined);
      expect(hits).toEqual(recall(statements, args).hits);
      expect(hits.length).toBeGreaterThan(0);
    }
    database.close();
  });
});
