import { randomBytes } from 'node:crypto';
import type { Scope } from './engine-parts.ts';
import { readImportance, readText } from './field-rules.ts';
import { requestHash } from './idempotency.ts';
import { IssueCollector } from './issue-collector.ts';
import { readJson } from './json-input.ts';
import { MAX_VALUE_BYTES } from './limits.ts';
import { Memory } from './memory.ts';
import { cursorOf, outcomeAt } from './namespace-writes.ts';
import { normaliseStore } from './normalise-store.ts';
import type { StoreResultInput, WriteOptions } from './write-operations.ts';
import type { StoreResultResult } from './write-results.ts';
import { readWriteTerms, writeUnit } from './write-unit.ts';

const EPISODE_IMPORTANCE = 0.6;
const LATEST_IMPORTANCE = 0.7;

/**
 * Keeps the result of a task, in one unit of two stores: an episode under a key of its own, and the persona's latest
 * result under `working_{persona}_latest`.
 */
export async function storeResult(
  scope: Scope,
  input: StoreResultInput,
  options?: WriteOptions,
): Promise<StoreResultResult> {
  const now = Date.now();
  const issues = new IssueCollector();
  const persona = readText(issues, input.persona, ['persona'], 'persona');
  const task = readText(issues, input.task, ['task'], 'finishedTask');
  const resultText = readJson(issues, input.result, ['result'], MAX_VALUE_BYTES);
  const given = input.importance ?? undefined;
  const importance =
    given === undefined ? EPISODE_IMPORTANCE : readImportance(issues, given, ['importance']);
  const terms = readWriteTerms(issues, options, scope.engine, now);
  issues.throwIfAny();

  const { result } = input;
  const episode = normaliseStore(
    issues,
    {
      key: `episode_${persona}_${utcStamp(now)}_${randomBytes(4).toString('hex')}`,
      value: { task, result, persona },
      metadata: { persona, type: 'execution_result', importance },
      section: 'episodic_memory',
    },
    ['result'],
    now,
  );
  const latest = normaliseStore(
    issues,
    {
      key: `working_${persona}_latest`,
      value: result,
      metadata: { persona, type: 'latest_result', importance: LATEST_IMPORTANCE },
      section: 'working_memory',
    },
    ['result'],
    now,
  );
  issues.throwIfAny();

  // The episode's key differs at every attempt, so the hash covers what the caller said instead of the operations.
  const hash = requestHash('storeResult', { persona, task, importance, resultText });
  const idempotency =
    terms.idempotencyKey === null ? undefined : { key: terms.idempotencyKey, requestHash: hash };
  const {
    outcomes,
    replayed,
    pending = [],
  } = await writeUnit(scope, [episode, latest], terms, idempotency);
  const [first, second] = [outcomeAt(outcomes, 0), outcomeAt(outcomes, 1)];
  return {
    episode: new Memory(first.record),
    latest: new Memory(second.record),
    replayed,
    pending,
    cursor: cursorOf(scope, Math.max(first.seq, second.seq)),
  };
}

/** 2026-11-22T08:40:18Z as 20261122_084018. */
function utcStamp(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}
