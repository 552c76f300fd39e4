import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackgroundJobs } from '../../src/engine/background-jobs.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('background jobs', () => {
  it('runs a job on its interval until stopped', async () => {
    let runs = 0;
    const run = async (): Promise<void> => {
      runs += 1;
    };
    const jobs = new BackgroundJobs([{ name: 'count', intervalMs: 10, run }], Date.now);
    await vi.advanceTimersByTimeAsync(35);
    expect(runs).toBe(3);
    await jobs.stop();
    await vi.advanceTimersByTimeAsync(100);
    expect(runs).toBe(3);
  });

  it('never runs a job twice at once, and stop waits for it', async () => {
    let started = 0;
    let finish = (): void => undefined;
    const run = (): Promise<void> => {
      started += 1;
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const jobs = new BackgroundJobs([{ name: 'slow', intervalMs: 10, run }], Date.now);
    await vi.advanceTimersByTimeAsync(50);
    expect(started).toBe(1);
    let stopped = false;
    const stopping = jobs.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(stopped).toBe(true);
  });

  it('shows a failing job as a degraded check until it succeeds', async () => {
    let broken = true;
    const run = (): Promise<void> => {
      if (broken) throw new Error('no space');
      return Promise.resolve();
    };
    const jobs = new BackgroundJobs([{ name: 'tidy', intervalMs: 10, run }], Date.now);
    await vi.advanceTimersByTimeAsync(10);
    expect(jobs.checks()).toMatchObject([
      { name: 'job:tidy', state: 'DEGRADED', message: expect.stringContaining('no space') },
    ]);
    broken = false;
    await vi.advanceTimersByTimeAsync(10);
    expect(jobs.checks()).toEqual([]);
    await jobs.stop();
  });
});
