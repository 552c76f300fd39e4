import { describe, expect, it } from 'vitest';
import { fingerprint, isNearDuplicate } from '../../../src/engine/context/near-duplicate.ts';
import { makePassage } from './make-passage.ts';

function repeats(left: string, right: string): boolean {
  const [one, other] = [left, right].map((value, id) => makePassage({ id, key: 'key', value }));
  if (one === undefined || other === undefined) throw new Error('there are two texts');
  const forth = isNearDuplicate(fingerprint(one), fingerprint(other));
  expect(isNearDuplicate(fingerprint(other), fingerprint(one))).toBe(forth);
  return forth;
}

const LONG = Array.from({ length: 60 }, (_, index) => `word${'abcdefghij'[index % 10]}${index % 7}`)
  .join(' ')
  .replaceAll(/\d/g, 'x');

describe('near-duplicates', () => {
  it.each([
    ['The owl of Athena sees at night.', 'the owl of Athena sees at night!'],
    ['Athena — the owl — sees far at night', 'Athena: the OWL sees far at night'],
    [
      '東京都の天気は晴れです。明日も晴れるでしょう',
      '東京都の天気は晴れです、明日も晴れるでしょう。',
    ],
    [`${LONG} end`, LONG],
  ])('%j repeats %j', (left, right) => {
    expect(repeats(left, right)).toBe(true);
  });

  it.each([
    ['Ann likes Bob more than anybody else', 'Bob likes Ann more than anybody else'],
    ['The balance of the account is 100 euro', 'The balance of the account is 200 euro'],
    [`${LONG} 1`, `${LONG} 2`],
    [`${LONG} 1`, LONG],
    ['Ann likes dogs and cats very much', 'Ann hates dogs and cats very much'],
    ['The door to the cellar is locked', 'The door to the cellar is not locked'],
    ['👍👍👍👍👍👍👍👍👍👍👍👍👍', '👎👎👎👎👎👎👎👎👎👎👎👎👎'],
    [
      '東京都の天気は晴れです。明日も晴れるでしょう',
      '京都市の天気は雨でした。明日は雪が降るでしょう',
    ],
  ])('%j does not repeat %j', (left, right) => {
    expect(repeats(left, right)).toBe(false);
  });
});
