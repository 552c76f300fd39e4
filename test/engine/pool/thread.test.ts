import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { Thread } from '../../../src/engine/pool/thread.ts';

it('ended twice at the same moment leaves no thread behind', async () => {
  let started = 0;
  const count = (): void => {
    started += 1;
  };
  process.on('worker', count);
  onTestFinished(() => void process.off('worker', count));
  const thread = new Thread('reader', { onSlow: () => undefined });
  await Promise.all([thread.terminate(), thread.terminate()]);
  await setImmediate();
  expect(started).toBe(1);
});
