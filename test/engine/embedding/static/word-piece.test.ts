import { describe, expect, it } from 'vitest';
import { buildPieceIndex } from '../../../../src/engine/embedding/static/piece-index.ts';
import { WordPiece } from '../../../../src/engine/embedding/static/word-piece.ts';

/** A vocabulary in which every way of cutting shows; Han but no kana, `.` but no `?`. */
const PIECES = [
  ...[
    'a',
    'e',
    'un',
    'unite',
    'united',
    'the',
    'cafe',
    'play',
    'x',
    '2023',
    '20',
    '#',
    '.',
    ',',
    '-',
  ],
  ...[
    'ing',
    '##ing',
    '##ed',
    '##able',
    '##s',
    '##23',
    '##x',
    'don',
    "'",
    't',
    'cool',
    'i',
    'ss',
    'ß',
  ],
  ...[
    '東',
    '京',
    'zero',
    '##a',
    'play',
    'great',
    'strasse',
    'straße',
    '5',
    '##€',
    '—',
    '“',
    '”',
    'k',
  ],
];
const pieces = buildPieceIndex(PIECES);

function cut(text: string, room = 64): string[] {
  const ids = new Int32Array(room);
  return Array.from(
    ids.subarray(0, new WordPiece(pieces).cut(text, ids)),
    (id) => PIECES[id] ?? '?',
  );
}

describe('WordPiece', () => {
  it.each<[string, string, string[]]>([
    ['white space of every kind', ' the\tcafe\n\r\u00a0the\u3000a ', ['the', 'cafe', 'the', 'a']],
    ['upper case', 'THE Cafe', ['the', 'cafe']],
    ['the longest beginning, not the first', 'united', ['united']],
    ['continuations', 'playing plays playable', ['play', '##ing', 'play', '##s', 'play', '##able']],
    ['a beginning is no continuation', 'ing inging', ['ing', 'ing', '##ing']],
    ['several continuations', 'playedings', ['play', '##ed', '##ing', '##s']],
    ['composed accents', 'Café', ['cafe']],
    ['decomposed accents', 'cafe\u0301', ['cafe']],
    ['a letter without decomposition', 'Straße', ['straße']],
    ['capital I with dot', 'İ', ['i']],
    ['punctuation', "don't.", ['don', "'", 't', '.']],
    ['repeated punctuation', 'the...', ['the', '.', '.', '.']],
    ['typographic punctuation', '“the”—a', ['“', 'the', '”', '—', 'a']],
    ['unknown punctuation parts words', 'the?cafe', ['the', 'cafe']],
    ['a hash sign is no continuation', '##ing', ['#', '#', 'ing']],
    ['digits', '2023 2023x 2023.', ['2023', '2023', '##x', '2023', '.']],
    ['a currency sign belongs to its word', '5€', ['5', '##€']],
    ['ideographs one by one', '東京the', ['東', '京', 'the']],
    ['unknown ideographs', '東都京', ['東', '京']],
    ['kana without pieces', 'こんにちは', []],
    ['an unknown word as a whole', 'playqqq the', ['the']],
    ['an unknown middle', 'unqing the', ['the']],
    ['emoji', '😀 the 👨‍👩‍👧', ['the']],
    ['emoji glued to a word', 'great😀cool❤️', ['great', 'cool']],
    ['zero-width characters and controls', 'c\u200baf\u0000e\u0007', ['cafe']],
    ['the replacement character', 'ca\ufffdfe', ['cafe']],
    ['half a surrogate pair', 'the \ud83d cafe', ['the', 'cafe']],
    ['the Kelvin sign', '\u212a', ['k']],
    ['nothing', '', []],
    ['white space only', ' \n\t ', []],
  ])('%s', (_, text, expected) => {
    expect(cut(text)).toEqual(expected);
  });

  it('knows words of up to 100 units', () => {
    expect(cut(`x${'x'.repeat(99)} a`)).toEqual(['x', ...Array(99).fill('##x'), 'a'].slice(0, 64));
    expect(cut(`x${'x'.repeat(99)}`, 200)).toHaveLength(100);
    expect(cut(`x${'x'.repeat(100)} a`, 200)).toEqual(['a']);
    expect(cut(`${'x'.repeat(100_000)} a`, 200)).toEqual(['a']);
  });

  it('stops when there is no room left', () => {
    expect(cut('the cafe playing', 3)).toEqual(['the', 'cafe', 'play']);
    expect(cut('the', 0)).toEqual([]);
  });

  it('finds the first of two equal pieces', () => {
    const ids = new Int32Array(1);
    new WordPiece(pieces).cut('play', ids);
    expect(ids[0]).toBe(PIECES.indexOf('play'));
  });

  it('forgets one text before the next', () => {
    const wordPiece = new WordPiece(pieces);
    const ids = new Int32Array(8);
    expect(wordPiece.cut('united cafe', ids)).toBe(2);
    expect(wordPiece.cut('a', ids)).toBe(1);
    expect(PIECES[ids[0] ?? -1]).toBe('a');
  });
});
