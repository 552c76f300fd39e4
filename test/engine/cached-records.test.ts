import { expect, it } from 'vitest';
import { queryName } from '../../src/engine/cached-records.ts';

it('every request has a name of its own, and the name of a long one stays short', () => {
  const requests = [
    { limit: 1 },
    { limit: 2 },
    { text: 'a'.repeat(2_000) },
    { text: `${'a'.repeat(1_999)}b` },
  ];
  const names = (['list', 'recall'] as const).flatMap((kind) =>
    requests.map((request) => queryName(kind, request)),
  );
  expect(new Set(names).size).toBe(8);
  for (const name of names) expect(name.length).toBeLessThan(600);
});
