import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DeadlineSweeper } from '../../../src/engine/pool/deadline-sweeper.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('looks while something waits, with one timer, and stops when nothing is left', () => {
  let waiting = 3;
  const sweep = vi.fn(() => {
    waiting -= 1;
    return waiting > 0;
  });
  const sweeper = new DeadlineSweeper(sweep);
  expect(vi.getTimerCount()).toBe(0);
  sweeper.watch();
  sweeper.watch();
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(10_000);
  expect(sweep).toHaveBeenCalledTimes(3);
  expect(vi.getTimerCount()).toBe(0);
  sweeper.watch();
  expect(vi.getTimerCount()).toBe(1);
  sweeper.stop();
  expect(vi.getTimerCount()).toBe(0);
});
