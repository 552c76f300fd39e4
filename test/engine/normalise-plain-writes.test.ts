import { describe, expect, it } from 'vitest';
import {
  normaliseAppend,
  normaliseDelete,
  normaliseIncrement,
} from '../../src/engine/normalise-plain-writes.ts';
import { issuePaths, operationOf } from '../support/normalised-input.ts';

describe('increment, append and delete', () => {
  const by = { key: 'k' };

  it('reads paths and amounts', () => {
    expect(
      operationOf((issues) => normaliseIncrement(issues, { by, path: 'a.b[0]' }, [])),
    ).toMatchObject({
      path: ['a', 'b', 0],
      by: 1,
    });
    expect(
      operationOf((issues) => normaliseIncrement(issues, { by, amount: -2.5 }, [])),
    ).toMatchObject({
      path: [],
      by: -2.5,
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])(
    'refuses to increment by %s',
    (amount) => {
      expect(issuePaths((issues) => normaliseIncrement(issues, { by, amount }, []))).toEqual([
        'amount',
      ]);
    },
  );

  it('refuses broken paths', () => {
    expect(issuePaths((issues) => normaliseIncrement(issues, { by, path: 'a[' }, []))).toEqual([
      'path',
    ]);
  });

  it.each([[[]], ['x'], [{}]])('refuses to append %j', (items) => {
    expect(
      issuePaths((issues) => normaliseAppend(issues, { by, items: items as unknown[] }, [])),
    ).toEqual(['items']);
  });

  it('writes items as JSON', () => {
    expect(
      operationOf((issues) => normaliseAppend(issues, { by, items: [1, { a: null }] }, [])),
    ).toMatchObject({
      itemsText: '[1,{"a":null}]',
    });
  });

  it('wants one target', () => {
    expect(
      issuePaths((issues) => normaliseDelete(issues, { by: {} as { key: string } }, [])),
    ).toEqual(['by']);
    expect(
      issuePaths((issues) => normaliseDelete(issues, { by: { key: '' }, ifVersion: -1 }, [])),
    ).toEqual(['by.key', 'ifVersion']);
  });
});
