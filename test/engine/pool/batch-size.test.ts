import { expect, it } from 'vitest';
import { MAX_READ_BATCH } from '../../../src/engine/limits.ts';
import { BatchSize } from '../../../src/engine/pool/batch-size.ts';

it('comes down to what a thread answers within its budget, half a step at a time', () => {
  const size = new BatchSize();
  expect(size.value).toBe(MAX_READ_BATCH);
  size.learn(MAX_READ_BATCH, 1);
  expect(size.value).toBe(MAX_READ_BATCH / 2);
  size.learn(MAX_READ_BATCH / 2, MAX_READ_BATCH / 2 - 1);
  expect(size.value).toBe(MAX_READ_BATCH / 2 - 1);
  for (let round = 0; round < 10; round += 1) size.learn(size.value + 1, 1);
  expect(size.value).toBe(1);
});

it('doubles when a full batch was answered, up to the bound, and learns nothing from a short one', () => {
  const size = new BatchSize();
  for (let round = 0; round < 10; round += 1) size.learn(size.value + 1, 1);
  size.learn(1, 1);
  expect(size.value).toBe(2);
  size.learn(1, 1);
  expect(size.value).toBe(2);
  for (let round = 0; round < 10; round += 1) size.learn(size.value, size.value);
  expect(size.value).toBe(MAX_READ_BATCH);
});
