import { expect, it } from 'vitest';
import type { Filter } from '../../../src/engine/search/filter.ts';
import { looksOnlyAt } from '../../../src/engine/search/filter-fields.ts';

const section: Filter = {
  operand: { field: 'section' },
  comparison: { operator: 'eq', value: 'cache' },
};
const value: Filter = {
  operand: { json: 'value', path: ['a'] },
  comparison: { operator: 'exists', value: true },
};
const tagged: Filter = { tags: 'any', values: ['a'] };

it('tells what a filter looks at, however deep', () => {
  const allowed = new Set(['section', 'tags'] as const);
  expect(looksOnlyAt(section, allowed)).toBe(true);
  expect(looksOnlyAt({ and: [section, { not: { or: [tagged, section] } }] }, allowed)).toBe(true);
  expect(looksOnlyAt({ and: [section, { not: { or: [tagged, value] } }] }, allowed)).toBe(false);
  expect(looksOnlyAt(tagged, new Set(['section'] as const))).toBe(false);
});
