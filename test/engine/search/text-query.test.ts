import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ValidationError } from '../../../src/engine/errors.ts';
import {
  type BuiltTextQuery,
  buildTextQuery,
  FULL_TEXT_COLUMNS,
  FULL_TEXT_RANK,
  indexedText,
  matchExpression,
} from '../../../src/engine/search/text-query.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

/** All terms of a query in one expression. */
function wholeMatch({ expressions, excluded }: BuiltTextQuery): string {
  return matchExpression(expressions.join(' OR '), excluded);
}

/** A full-text table as the engine has it. */
class TextTable {
  readonly #database = new Database(':memory:');

  constructor() {
    this.#database.exec(
      `CREATE VIRTUAL TABLE texts USING fts5 (${FULL_TEXT_COLUMNS.join(', ')}, content = '', contentless_delete = 1,
       tokenize = 'porter unicode61 remove_diacritics 2')`,
    );
  }

  insert(
    id: number,
    value: unknown,
    fields: { key?: string; persona?: string; tags?: string[]; metadata?: unknown } = {},
  ): void {
    const text = indexedText({
      key: fields.key ?? `k${id}`,
      persona: fields.persona ?? null,
      tags: fields.tags ?? [],
      valueText: JSON.stringify(value),
      metadataText: JSON.stringify(fields.metadata ?? {}),
    });
    const places = FULL_TEXT_COLUMNS.map(() => '?').join(', ');
    this.#database
      .prepare(`INSERT INTO texts (rowid, ${FULL_TEXT_COLUMNS.join(', ')}) VALUES (?, ${places})`)
      .run(id, ...FULL_TEXT_COLUMNS.map((column) => text[column]));
  }

  /** Best first. */
  search(match: string): { id: number; bm25: number }[] {
    return this.#database
      .prepare<[string], { id: number; bm25: number }>(
        `SELECT rowid AS id, -rank AS bm25 FROM texts WHERE texts MATCH ? AND rank MATCH '${FULL_TEXT_RANK}' ORDER BY rank, rowid`,
      )
      .all(match);
  }

  ids(query: string): number[] {
    const built = buildTextQuery(query);
    return built === null ? [] : this.search(wholeMatch(built)).map(({ id }) => id);
  }

  close(): void {
    this.#database.close();
  }
}

describe('buildTextQuery', () => {
  it.each<[string, string | null, readonly string[]]>([
    ['hello', '"hello"', ['hello']],
    ['Hello hello', '"hello"', ['hello']],
    ['red fox', '"red" OR "fox"', ['red', 'fox']],
    ['what is the plan', '"plan"', ['plan']],
    ['to be or not to be', '"to" OR "be" OR "or" OR "not"', ['to', 'be', 'or', 'not']],
    ['"to be"', '"to be"', ['to be']],
    ['“to be”', '"to be"', ['to be']],
    ['fox -red', '("fox") NOT ("red")', ['fox']],
    ['fox -"red hen" -blue', '("fox") NOT ("red hen" OR "blue")', ['fox']],
    ['-red', '"red"', ['red']],
    ['-5 degrees', '"5" OR "degrees"', ['5', 'degrees']],
    ['well-known', '"well" OR "known"', ['well', 'known']],
    ['東京', '"東京"', ['東京']],
    ['京', '"京" *', ['京']],
    ['"東京 x"', '"東京 京 x"', ['東京 x']],
    ['foo"', '"foo"', ['foo']],
    ['', null, []],
    ['  \t', null, []],
    ['"', null, []],
    ['-', null, []],
    ['*()^:', null, []],
    ['\u0301', null, []],
    ['🎉', null, []],
    ['\ud800', null, []],
  ])('%j becomes %j', (text, match, terms) => {
    const built = buildTextQuery(text);
    expect(built === null ? null : wholeMatch(built)).toBe(match);
    expect(built?.terms ?? []).toEqual(terms);
  });

  it('takes an identifier as its parts and as a phrase', () => {
    expect(buildTextQuery('conv-26/D1:3')?.terms).toEqual([
      'conv',
      '26',
      'd1',
      '3',
      'conv 26 d1 3',
    ]);
  });

  it('looks for the words of a Japanese question besides its wording', () => {
    expect(buildTextQuery('東京都庁の会議はいつですか')?.terms).toEqual([
      '東京都庁の会議はいつですか',
      '東京都庁',
      '東京',
      '京都',
      '都庁',
      '会議',
    ]);
  });

  it('has one expression for each term and at most 32', () => {
    const query = buildTextQuery(Array.from({ length: 50 }, (_, index) => `w${index}`).join(' '));
    expect(query?.terms).toHaveLength(32);
    expect(query?.expressions).toHaveLength(32);
  });

  it('keeps given stop words only', () => {
    expect(buildTextQuery('the fox', { stopWords: new Set(['fox']) })?.terms).toEqual(['the']);
  });

  it('refuses text of more than 8192 bytes', () => {
    expect(buildTextQuery('x'.repeat(8_192))).not.toBeNull();
    expect(() => buildTextQuery('x'.repeat(8_193))).toThrow(ValidationError);
    expect(() => buildTextQuery('京'.repeat(2_731))).toThrow(/^query: must be at most 8192 bytes/);
  });
});

describe('text search on FTS5', () => {
  const table = new TextTable();
  beforeAll(() => {
    table.insert(1, '東京都庁で会議をした');
    table.insert(2, 'データベースの設計');
    table.insert(3, 'ﾃﾞｰﾀﾍﾞｰｽ');
    table.insert(4, '東京');
    table.insert(5, 'She was running to the café');
    table.insert(6, 'カキを食べる');
    table.insert(7, 'ガギグ');
    table.insert(8, '학교에서 공부했다');
    table.insert(9, 'Ｆｕｌｌ width iPhoneを買う');
    table.insert(10, 'हिन्दी भाषा');
    table.insert(
      11,
      { note: 'nested', list: ['deep', 4711] },
      { key: 'user_123', persona: 'Athena', tags: ['follow-up'], metadata: { type: 'secret' } },
    );
    table.insert(12, 'x', { key: 'conv-26/D1:3' });
    table.insert(13, 'd1 and 3', { key: 'conv-26/D13:1' });
    table.insert(14, 'x', { key: 'userPreferences' });
    table.insert(15, '𠮷野家');
    table.insert(16, '大阪 abc');
  });
  afterAll(() => table.close());

  it.each<[string, number[]]>([
    ['東京', [1, 4]],
    ['東京都', [1]],
    ['京', [1, 4]],
    ['会議', [1]],
    ['会議をした', [1]],
    ['会議はいつでしたか', [1]],
    ['データベース', [2, 3]],
    ['ﾃﾞｰﾀ', [2, 3]],
    ['設計', [2]],
    ['run', [5]],
    ['CAFE', [5]],
    ['cafe\u0301', [5]],
    ['カキ', [6]],
    ['ガギ', [7]],
    ['ｶﾞｷﾞ', [7]],
    ['학교', [8]],
    ['학교에서는', [8]],
    ['full', [9]],
    ['ｉｐｈｏｎｅ', [9]],
    ['हिन्दी', [10]],
    ['deep', [11]],
    ['4711', [11]],
    ['note', []],
    ['athena', [11]],
    ['follow-up', [11]],
    ['secret', [11]],
    ['user', [11, 14]],
    ['preferences', [14]],
    ['userpreferences', [14]],
    ['𠮷', [15]],
    ['"大阪 abc"', [16]],
    ['"阪 ab"', []],
    ['東京 -会議', [4]],
  ])('%j finds %j', (query, ids) => {
    expect(table.ids(query).toSorted((left, right) => left - right)).toEqual(ids);
  });

  it('puts the very identifier first', () => {
    expect(table.ids('conv-26/D1:3')[0]).toBe(12);
    expect(table.ids('user_123')[0]).toBe(11);
  });

  it(`accepts every text, however it is made (seed ${SEED})`, () => {
    const fragment = fc.oneof(
      fc.constantFrom(
        '"',
        '""',
        "'",
        '*',
        '^',
        '(',
        ')',
        '{',
        '}',
        ':',
        '+',
        '-',
        '-"',
        ' ',
        ',',
        '\0',
        '\\',
        '%',
        'key:',
        'body :',
        'AND',
        'OR',
        'NOT',
        'NEAR(',
        'NEAR',
        'a*',
        'rank',
        '東',
        '東京',
        'ー',
        '\u3099',
        '〆',
        '\u0301',
        'が',
        '🎉',
        '\ud83d',
        '\udc00',
        'İ',
        'ß',
        '½',
        'ﷺ',
        '학',
        '\u1100',
        '\ue000',
        '\u{10fffd}',
        '٣',
        'Ⅷ',
        'क्',
      ),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.string({ maxLength: 6 }),
    );
    let built = 0;
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
        const query = buildTextQuery(fragments.join(''));
        if (query === null) return;
        built += 1;
        expect(query.terms.length).toBeGreaterThan(0);
        const match = wholeMatch(query);
        expect(() => table.search(match), match).not.toThrow();
        const pairs = query.expressions.map((expression) => `${expression} AND (${match})`);
        const paired = matchExpression(pairs[0] ?? '', query.excluded);
        expect(() => table.search(paired), paired).not.toThrow();
      }),
      { seed: SEED, numRuns: 5_000 },
    );
    expect(built).toBeGreaterThan(1_000);
  });

  it('accepts the longest texts', () => {
    for (const unit of ['京', '"a', 'a ', 'a-1 ', '東a', '-a ', '(', 'ﷺ']) {
      const query = buildTextQuery(unit.repeat(Math.floor(8_192 / Buffer.byteLength(unit))));
      if (query !== null) expect(() => table.search(wholeMatch(query))).not.toThrow();
    }
  });
});
