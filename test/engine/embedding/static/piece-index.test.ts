import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  buildPieceIndex,
  CONTINUATION_SEED,
  findPiece,
  growHash,
  type PieceIndex,
  WORD_SEED,
} from '../../../../src/engine/embedding/static/piece-index.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

function find(index: PieceIndex, text: string, continued: boolean): number {
  const word = Uint16Array.from(text, (unit) => unit.charCodeAt(0));
  const hash = word.reduce(growHash, continued ? CONTINUATION_SEED : WORD_SEED);
  return findPiece(index, word, 0, word.length, continued, hash);
}

it('finds every piece as what it is and nothing else', () => {
  const piece = fc.string({
    minLength: 1,
    maxLength: 4,
    unit: fc.constantFrom('a', 'b', 'é', '東'),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.boolean(), piece), { selector: String }),
      piece,
      (list, other) => {
        const index = buildPieceIndex(
          list.map(([continued, text]) => (continued ? `##${text}` : text)),
        );
        const wanted = (continued: boolean, text: string) =>
          list.findIndex(
            ([isContinuation, known]) => isContinuation === continued && known === text,
          );
        for (const [, text] of [...list, [false, other] as const]) {
          expect(find(index, text, false)).toBe(wanted(false, text));
          expect(find(index, text, true)).toBe(wanted(true, text));
        }
      },
    ),
    { seed: SEED },
  );
});

it('holds its numbers in shared memory', () => {
  const { units, starts, continues, slots } = buildPieceIndex(['a', '##b']);
  for (const array of [units, starts, continues, slots]) {
    expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
  }
});

it('answers on an empty vocabulary', () => {
  expect(find(buildPieceIndex([]), 'a', false)).toBe(-1);
});
