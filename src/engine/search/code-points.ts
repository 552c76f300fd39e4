/** Order of two strings by code point, which is also the byte order of UTF-8 and so SQLite's: negative, 0 or positive. */
export function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return weight(left, index, a) - weight(right, index, b);
  }
  return left.length - right.length;
}

/**
 * UTF-16 sorts surrogates below U+E000..U+FFFF although pairs stand for code points above them.
 * Only halves of a pair move up; a lone surrogate keeps its own number, as in SQLite's encoding of it.
 */
function weight(text: string, index: number, unit: number): number {
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  const paired =
    unit < 0xdc00
      ? isBetween(text.charCodeAt(index + 1), 0xdc00, 0xdfff)
      : isBetween(text.charCodeAt(index - 1), 0xd800, 0xdbff);
  return paired ? unit + 0x10000 : unit;
}

function isBetween(unit: number, low: number, high: number): boolean {
  return unit >= low && unit <= high;
}
