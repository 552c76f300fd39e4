import { expect, it } from 'vitest';
import { ReadCosts } from '../../../src/engine/pool/read-costs.ts';

it('knows nothing before the first read, and each kind on its own', () => {
  const costs = new ReadCosts();
  expect(costs.of('recall')).toBe(0);
  costs.record('recall', 15);
  expect([costs.of('recall'), costs.of('getMany')]).toEqual([15, 0]);
});

it('forgives the first reads their cold pages', () => {
  const costs = new ReadCosts();
  for (const tookMs of [500, 80, 15, 16]) costs.record('recall', tookMs);
  expect(costs.of('recall')).toBe(15);
});

it('follows a change within some dozen reads, and one outlier hardly', () => {
  const costs = new ReadCosts();
  for (let index = 0; index < 20; index += 1) costs.record('recall', 10);
  costs.record('recall', 10_000);
  expect(costs.of('recall')).toBeLessThan(15);
  for (let index = 0; index < 60; index += 1) costs.record('recall', 40);
  expect(costs.of('recall')).toBeGreaterThan(38);
});
