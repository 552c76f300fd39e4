import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { compareCodePoints } from '../../../src/engine/search/code-points.ts';

const TEXTS = [
  '',
  'a',
  'ab',
  'b',
  'é',
  '\ud7ff',
  '\ud7ff\ud7ff',
  '\ue000',
  '\uff21',
  '\uffff',
  '\u{10000}',
  '\u{10001}',
  '\u{1f600}',
  '\u{1f600}a',
  '\u{10ffff}',
];
const LONE = ['\ud800', '\udc00', 'a\udbff', '\ud800\ud800', '\udfff\ud800'];

it('compares every pair of texts as SQLite does', () => {
  const database = new Database(':memory:');
  // Lone surrogates reach SQLite only escaped inside JSON.
  const order = database
    .prepare<string[], number>(
      `SELECT (json_extract(?, '$') > json_extract(?, '$')) - (json_extract(?, '$') < json_extract(?, '$'))`,
    )
    .pluck();
  const texts = [...TEXTS, ...LONE];
  for (const left of texts) {
    for (const right of texts) {
      const [a, b] = [JSON.stringify(left), JSON.stringify(right)];
      expect(Math.sign(compareCodePoints(left, right)), `${a} ${b}`).toBe(order.get(a, b, a, b));
    }
  }
  database.close();
});
