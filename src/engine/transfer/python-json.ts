/** A string, or a separator outside of strings; the string's form never backtracks, so that a megabyte passes. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[,:]/g;

/** What Python escapes and JS does not: everything from DEL on, in UTF-16 units. */
const BEYOND_ASCII = /[\u007f-\uffff]/g;

/**
 * Canonical JSON text written as Python's `json.dumps` writes it by default, which is how v4 stored it: a blank after each
 * separator, ASCII only. Numbers keep their digits.
 */
export function toPythonJson(text: string): string {
  return text.replace(TOKEN, (token) =>
    token.length === 1 ? `${token} ` : token.replace(BEYOND_ASCII, escapeUnit),
  );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
