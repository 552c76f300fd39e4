import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runBounded } from '../../../src/engine/embedding/run-bounded.ts';

const timedOut = (): Error => new Error('time is over');
const HOUR = 3_600_000;

describe('a bounded run', () => {
  it('answers, fails and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const bounds = { signals: [signal], timeoutMs: HOUR, timedOut };
    expect(await runBounded(bounds, async () => 7)).toBe(7);
    const failing = runBounded(bounds, async () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('ends with the reason of either signal, before and while it runs', async () => {
    for (const at of [0, 1]) {
      const controllers = [new AbortController(), new AbortController()];
      const signals = controllers.map(({ signal }) => signal);
      const bounds = { signals, timeoutMs: HOUR, timedOut };
      const reason = new Error('left');
      let inner: AbortSignal | undefined;
      const running = runBounded(bounds, (signal) => {
        inner = signal;
        return new Promise(() => {});
      });
      controllers[at]?.abort(reason);
      await expect(running).rejects.toBe(reason);
      expect(inner?.reason).toBe(reason);
      await expect(runBounded(bounds, async () => 1)).rejects.toBe(reason);
    }
  });

  it('ends with the timeout, even when the run minds no signal, and whatever the run says to the abort', async () => {
    const bounds = { signals: [], timeoutMs: 1, timedOut };
    await expect(runBounded(bounds, () => new Promise(() => {}))).rejects.toThrow('time is over');
    const complaining = (signal: AbortSignal): Promise<never> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('rude'))));
    await expect(runBounded(bounds, complaining)).rejects.toThrow('time is over');
  });
});
