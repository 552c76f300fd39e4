import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Engine, openEngine, parseEngineConfig, ValidationError } from '../engine/index.ts';
import { CheckFailure, type Demonstration, type Figure, type Stage } from './demonstration.ts';

export interface DemoOptions {
  /** The database to work in, in namespaces of its own; null = a temporary one. */
  readonly path: string | null;
  readonly size: number;
  readonly demonstrations: readonly Demonstration[];
  readonly signal: AbortSignal;
}

/** Told while it happens. */
export interface DemoHooks {
  onStart(demonstration: Demonstration, index: number): void;
  onCheck(check: Check): void;
  onFigure(figure: Figure): void;
  onEnd(outcome: DemonstrationOutcome): void;
}

export interface Check {
  readonly fact: string;
  readonly holds: boolean;
}

export interface DemonstrationOutcome {
  readonly name: string;
  readonly title: string;
  readonly passed: boolean;
  /** Namespace of the database that holds what it stored. */
  readonly namespace: string;
  readonly seconds: number;
  readonly checks: readonly Check[];
  readonly figures: Readonly<Record<string, number>>;
  /** Why it failed; null when it passed. */
  readonly error: string | null;
}

export interface DemoReport {
  /** False also when it was interrupted. */
  readonly passed: boolean;
  readonly interrupted: boolean;
  /** null for a temporary one, which is gone. */
  readonly database: string | null;
  readonly size: number;
  readonly demonstrations: readonly DemonstrationOutcome[];
}

/**
 * Runs them one after the other; one that fails does not keep the others from running. ValidationError when there is no place for
 * files, MemoryConnectionError when another process has the database open.
 */
export async function runDemonstrations(
  options: DemoOptions,
  hooks: DemoHooks,
): Promise<DemoReport> {
  const path = options.path === null ? null : resolve(options.path);
  const directory = await makeDirectory(path === null ? tmpdir() : dirname(path));
  try {
    const engine = await openEngine(
      parseEngineConfig({ memory: { sqlite_path: path ?? join(directory, 'demo.db') } }),
    );
    try {
      const outcomes = await runAll(engine, directory, options, hooks);
      return {
        passed: !options.signal.aborted && outcomes.every(({ passed }) => passed),
        interrupted: options.signal.aborted,
        database: path,
        size: options.size,
        demonstrations: outcomes,
      };
    } finally {
      await engine.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function makeDirectory(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(parent, 'trinitas-demo-'));
  } catch (error) {
    throw new ValidationError(`there is no such directory to write in: ${parent}`, {
      cause: error,
      remedy: 'Name a database in a directory that exists and may be written to.',
    });
  }
}

async function runAll(
  engine: Engine,
  directory: string,
  { demonstrations, size, signal }: DemoOptions,
  hooks: DemoHooks,
): Promise<readonly DemonstrationOutcome[]> {
  const run = new Date().toISOString();
  const outcomes: DemonstrationOutcome[] = [];
  for (const [index, demonstration] of demonstrations.entries()) {
    if (signal.aborted) break;
    hooks.onStart(demonstration, index);
    const namespace = `demo ${demonstration.name} ${run}`;
    const place = { engine, directory, size, signal, memories: engine.namespace(namespace) };
    const outcome = await runOne(demonstration, place, hooks);
    hooks.onEnd(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function runOne(
  demonstration: Demonstration,
  place: Omit<Stage, 'check' | 'measured'>,
  hooks: DemoHooks,
): Promise<DemonstrationOutcome> {
  const checks: Check[] = [];
  const figures: Record<string, number> = {};
  const stage: Stage = {
    ...place,
    check(fact, holds, found) {
      const check = { fact, holds };
      checks.push(check);
      hooks.onCheck(check);
      if (!holds)
        throw new CheckFailure(
          found === undefined ? `not so: ${fact}` : `not so: ${fact}; found ${describe(found)}`,
        );
    },
    measured(figure) {
      figures[figure.name] = figure.value;
      hooks.onFigure(figure);
    },
  };
  const startedAt = performance.now();
  let error: string | null = null;
  try {
    await demonstration.run(stage);
    if (checks.length === 0) error = 'it verified nothing';
  } catch (failure) {
    error = explain(failure);
  }
  return {
    name: demonstration.name,
    title: demonstration.title,
    passed: error === null,
    namespace: place.memories.namespace,
    seconds: (performance.now() - startedAt) / 1000,
    checks,
    figures,
    error,
  };
}

function describe(found: unknown): string {
  if (found instanceof Error) return explain(found);
  return typeof found === 'object' ? JSON.stringify(found) : String(found);
}

function explain(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure instanceof CheckFailure ? failure.message : `${failure.name}: ${failure.message}`;
}
