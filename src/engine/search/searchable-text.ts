const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const NUMBER = /-?[\d.eE+-]+/y;

/**
 * What of a JSON text is worth finding: its string leaves and numbers, joined by spaces; property names, booleans and null are
 * left out. Numbers keep every digit. The input is canonical JSON text (no white space between tokens); the result is never longer
 * than the input, so the bound of a value is the bound of its index text.
 * The text is scanned, not parsed: no object is built and one pass suffices.
 */
export function searchableText(jsonText: string): string {
  if (jsonText.charCodeAt(0) === QUOTE) return JSON.parse(jsonText) as string;
  const escaped = jsonText.includes('\\');
  const leaves: string[] = [];
  let position = 0;
  while (position < jsonText.length) {
    const code = jsonText.charCodeAt(position);
    if (code === QUOTE) {
      const end = escaped
        ? endOfEscapedString(jsonText, position)
        : jsonText.indexOf('"', position + 1);
      // Only in a damaged text: without a closing quote the scan would begin anew for ever.
      if (end === -1) break;
      if (jsonText.charCodeAt(end + 1) !== COLON)
        leaves.push(stringLeaf(jsonText, position, end, escaped));
      position = end + 1;
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = position;
      const digits = NUMBER.exec(jsonText)?.[0] ?? '';
      leaves.push(digits);
      position += Math.max(1, digits.length);
    } else {
      position += 1;
    }
  }
  return leaves.join(' ');
}

/** Position of the closing quote: the first one that an even number of backslashes precedes. */
function endOfEscapedString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (precedingBackslashes(text, end) % 2 === 1) end = text.indexOf('"', end + 1);
  return end;
}

function precedingBackslashes(text: string, position: number): number {
  let first = position;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return position - first;
}

function stringLeaf(text: string, start: number, end: number, escaped: boolean): string {
  const inner = text.slice(start + 1, end);
  return escaped && inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner;
}
