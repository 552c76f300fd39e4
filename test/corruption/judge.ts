import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../../src/engine/backends/backend.ts';
import { SqliteSyncBackend } from '../../src/engine/backends/sqlite-sync.ts';
import { MemorySystemError } from '../../src/engine/errors.ts';
import { StatementMetrics } from '../../src/engine/metrics/statement-metrics.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { openDatabase } from '../../src/engine/sqlite/database.ts';
import { ReadSession } from '../../src/engine/sqlite/read-session.ts';
import { StatementCache } from '../../src/engine/sqlite/statement-cache.ts';
import { verifyPath } from '../../src/engine/sqlite/verify/verify-path.ts';
import { damagedVectors } from '../../src/engine/vector-healing.ts';
import type { Mutation } from './mutations.ts';
import { type Question, textOfAnswer } from './questions.ts';
import { SAMPLE_EMBEDDER, type SampleStore } from './sample-store.ts';

/**
 * `right`: every answer is as if nothing had happened; `refused`: some were refused, the others right; `quarantined`: the store said at
 * once that acknowledged commits are lost; `not opened`: opening was refused; `wrong`: an answer was silently wrong.
 */
export type Outcome = 'right' | 'refused' | 'quarantined' | 'not opened' | 'wrong';

export interface Verdict {
  readonly outcome: Outcome;
  /** What was wrong, or failed in a way that says nothing of damage. */
  readonly faults: readonly string[];
}

/** The answers of the undamaged sample, in the order of its questions. */
export async function rightAnswers(sample: SampleStore): Promise<readonly string[]> {
  return withCopy(sample.closed, async (path) => {
    const backend = openSample(path);
    try {
      const answers: string[] = [];
      for (const [kind, args] of sample.questions)
        answers.push(textOfAnswer(await backend.read(kind, args)));
      return answers;
    } finally {
      await backend.close();
    }
  });
}

/** Damages a copy of the sample, opens it as the engine does, and asks it everything. */
export async function judge(
  sample: SampleStore,
  right: readonly string[],
  mutation: Mutation,
): Promise<Verdict> {
  return withCopy(sample[mutation.base], async (path) => {
    mutation.apply(path);
    let backend: Backend;
    try {
      backend = openSample(path);
    } catch (error) {
      return refusedRightly(error)
        ? { outcome: 'not opened', faults: [] }
        : { outcome: 'wrong', faults: [`opening failed: ${String(error)}`] };
    }
    try {
      return await askAll(backend, sample.questions, right);
    } finally {
      await backend.close();
    }
  });
}

/**
 * The same without what opening does: reads alone, as those of a large file that was damaged after a clean stop. Tells which answers
 * were silently wrong, and whether `trinitas verify` finds the damage.
 */
export async function judgeReadsAlone(
  sample: SampleStore,
  right: readonly string[],
  mutation: Mutation,
): Promise<{ readonly wrong: readonly string[]; readonly found: boolean }> {
  return withCopy(sample[mutation.base], async (path) => {
    mutation.apply(path);
    try {
      const database = openDatabase({
        ...{ path, role: 'reader', synchronous: 'FULL', mmapSize: 0, embedder: null },
      });
      const reads = new ReadSession(database, new StatementCache(database), quietMetrics(), path);
      const wrong = sample.questions.flatMap(([kind, args], index) => {
        try {
          return textOfAnswer(reads.read(kind, args, undefined)) === right[index] ? [] : [kind];
        } catch {
          return [];
        }
      });
      database.close();
      return { wrong, found: !verifyPath(path, 'full', () => undefined).ok };
    } catch {
      return { wrong: [], found: true };
    }
  });
}

async function askAll(
  backend: Backend,
  questions: readonly Question[],
  right: readonly string[],
): Promise<Verdict> {
  const lostCommits = backend.integrity.findings.some(({ area }) => area === 'counters');
  // As the engine does at its start.
  const faults: string[] = [];
  await backend.healVectors(damagedVectors(backend.integrity.findings)).catch((error: unknown) => {
    if (!refusedRightly(error)) faults.push(`healing failed: ${String(error)}`);
  });
  let refused = 0;
  let wrong = 0;
  for (const [index, [kind, args]] of questions.entries()) {
    try {
      if (textOfAnswer(await backend.read(kind, args)) === right[index]) continue;
      wrong += 1;
      if (!lostCommits) faults.push(`${kind} ${JSON.stringify(args).slice(0, 200)}`);
    } catch (error) {
      refused += 1;
      if (!refusedRightly(error)) faults.push(`${kind} failed: ${String(error)}`);
    }
  }
  if (faults.length > 0) return { outcome: 'wrong', faults };
  if (lostCommits) return { outcome: 'quarantined', faults };
  return { outcome: refused + wrong > 0 ? 'refused' : 'right', faults };
}

function refusedRightly(error: unknown): boolean {
  return error instanceof MemorySystemError && /^(DATA_CORRUPTION|VALIDATION)$/.test(error.code);
}

function openSample(path: string): Backend {
  const options = parseEngineConfig({ memory: { backend: 'sqlite_sync', sqlite_path: path } });
  return new SqliteSyncBackend(options, SAMPLE_EMBEDDER);
}

function quietMetrics(): StatementMetrics {
  return new StatementMetrics({ slowQueryMs: Number.POSITIVE_INFINITY, onSlow: () => undefined });
}

async function withCopy<T>(from: string, use: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'trinitas-damaged-'));
  const path = join(folder, 'damaged.db');
  for (const suffix of ['', '-wal', '.hwm'])
    if (existsSync(`${from}${suffix}`)) copyFileSync(`${from}${suffix}`, `${path}${suffix}`);
  try {
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
