import type { Backend } from './backends/backend.ts';
import type { BackgroundJob } from './background-jobs.ts';
import type { EngineOptions } from './options.ts';

/** Expired memories are invisible at once; the sweep only frees their space and tells the change feed. */
const SWEEP_EVERY_MS = 5_000;
const SWEEP_LIMIT = 500;
/** Sweeps of one turn at most, so that a mass expiry never holds other writers for long. */
const SWEEPS_PER_TURN = 20;

/** 100 slices of 2,000 a minute keep up with 3,300 changes a second. */
const PRUNE_EVERY_MS = 60_000;
const PRUNES_PER_TURN = 100;

/** SQLite advises to run PRAGMA optimize every few hours; hourly also keeps the full-text index merged. */
const OPTIMIZE_EVERY_MS = 3_600_000;

/** What an open engine does by itself. */
export function maintenanceJobs(
  backend: Backend,
  options: EngineOptions,
  now: () => number,
): readonly BackgroundJob[] {
  const jobs: BackgroundJob[] = [
    { name: 'expiry', intervalMs: SWEEP_EVERY_MS, run: async () => await sweep(backend, now) },
    {
      name: 'retention',
      intervalMs: PRUNE_EVERY_MS,
      run: async () => await prune(backend, options, now),
    },
    {
      name: 'probe',
      intervalMs: options.healthCheckIntervalMs,
      run: async () => {
        await backend.probe();
      },
    },
  ];
  if (!options.optimizeQueries) return jobs;
  const optimize = async (): Promise<void> => {
    await backend.optimize();
  };
  return [...jobs, { name: 'optimize', intervalMs: OPTIMIZE_EVERY_MS, run: optimize }];
}

async function sweep(backend: Backend, now: () => number): Promise<void> {
  for (let turn = 0; turn < SWEEPS_PER_TURN; turn += 1) {
    if ((await backend.sweepExpired(now(), SWEEP_LIMIT)) < SWEEP_LIMIT) return;
  }
}

async function prune(backend: Backend, options: EngineOptions, now: () => number): Promise<void> {
  for (let turn = 0; turn < PRUNES_PER_TURN; turn += 1) {
    const at = now();
    const retention = {
      changesBefore: at - options.historyRetentionMs,
      keepChanges: options.historyKeepChanges,
      now: at,
    };
    if ((await backend.prune(retention)) === 0) return;
  }
}
