import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StatementMetrics } from '../../../src/engine/metrics/statement-metrics.ts';
import { CodeCache } from '../../../src/engine/sqlite/code-cache.ts';
import { CodeIndex } from '../../../src/engine/sqlite/code-index.ts';
import { useEmbedder } from '../../../src/engine/sqlite/embedders.ts';
import { WriteSession } from '../../../src/engine/sqlite/write-session.ts';
import { signCode } from '../../../src/engine/vectors/sign-code.ts';
import { randomFrom } from '../../support/random.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const DIMENSION = 40;
const WORDS = 2;
const COMMITS = 400;

describe('CodeCache', () => {
  let folder: string;
  let session: WriteSession;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trinitas-codes-'));
    session = new WriteSession(
      {
        path: join(folder, 'memory.db'),
        role: 'writer',
        synchronous: 'NORMAL',
        mmapSize: 0,
        embedder: null,
      },
      new StatementMetrics({ slowQueryMs: 1e9, onSlow: () => undefined }),
    );
  });

  afterAll(async () => {
    session.close();
    await rm(folder, { recursive: true });
  });

  it(`has after any commits what reading all anew has (seed ${SEED})`, () => {
    const random = randomFrom(SEED);
    const { statements } = session;
    const id = useEmbedder(statements, { model: 'test', settingsText: '{}' }, Date.now()) ?? 0;
    const index = new CodeIndex(statements);
    const kept = new CodeCache();
    const stored = new Set<string>();
    let reused = 0;
    let before: unknown;
    for (let commit = 0; commit < COMMITS; commit += 1) {
      statements.run('BEGIN');
      // Few ids in few blocks, so that blocks become empty, are deleted and come back.
      for (let change = random(4); change > 0; change -= 1) {
        const namespace = `n${random(2)}`;
        const memory = random(4) * 256 + random(2);
        const name = `${namespace}/${memory}`;
        if (stored.delete(name)) index.delete(id, namespace, memory, DIMENSION);
        else {
          stored.add(name);
          const vector = Float32Array.from({ length: DIMENSION }, () => random(21) - 10);
          index.set(id, namespace, memory, signCode(vector));
        }
      }
      index.flush();
      // What is rolled back leaves its mark in no cache.
      if (random(8) === 0) {
        statements.run('COMMIT');
        statements.run('BEGIN');
        index.set(id, 'n0', 0, signCode(new Float32Array(DIMENSION).fill(1)));
        index.flush();
        statements.run('ROLLBACK');
        index.forget();
      } else statements.run('COMMIT');
      for (const namespace of ['n0', 'n1']) {
        const { blocks, damaged } = kept.read(statements, id, namespace, WORDS);
        const anew = new CodeCache().read(statements, id, namespace, WORDS);
        expect(blocks, `commit ${commit}`).toEqual(anew.blocks);
        expect(damaged).toEqual([]);
        if (namespace === 'n0' && blocks === before) reused += 1;
        if (namespace === 'n0') before = blocks;
      }
    }
    expect(reused).toBeGreaterThan(0);
  });
});
