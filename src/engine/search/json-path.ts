import { ValidationError } from '../errors.ts';
import type { JsonPath, JsonValue } from '../model/json-value.ts';

/** Deeper paths than this do not occur in memories; the JSON depth limit is 128. */
const MAX_PATH_SEGMENTS = 32;

/** More elements than a value of MAX_VALUE_BYTES can hold. */
const MAX_PATH_INDEX = 999_999;

/** Bytes of the longest path text worth reading. */
const MAX_PATH_LENGTH = 4_096;

const PLAIN_LABEL = /[^.[\]"\\\s\p{Cc}]+/uy;
const QUOTED_LABEL = /"([^"]*)"/y;
const INDEX = /\[(\d{1,16})\]/y;
/** SQLite offers no way to write these inside a quoted label. */
const UNQUOTABLE = /["\\\p{Cc}\p{Cs}]/u;

/**
 * Reads a path into a JSON document: labels joined by dots, list positions in brackets, odd labels in quotes:
 * `balance`, `a.b[0]`, `"odd key".x`, `[2].id`. A leading `$` or `$.` is allowed; the empty text and `$` mean the whole document.
 * ValidationError says what is wrong; `at` is the place of the path in the caller's input.
 */
export function parseJsonPath(text: string, at: readonly string[] = []): JsonPath {
  const fail = (message: string): ValidationError =>
    new ValidationError([{ path: at, message: `path ${quote(text)} ${message}` }]);
  if (text.length > MAX_PATH_LENGTH) throw fail(`is longer than ${MAX_PATH_LENGTH} characters`);
  const segments: (string | number)[] = [];
  let position = text.startsWith('$') && /^\$(?:$|[.[])/.test(text) ? 1 : 0;
  // After `$` a dot stands before a label; without `$` the first label has none.
  let labelNeedsDot = position === 1;
  while (position < text.length) {
    if (text[position] === '[') {
      const index = matchAt(INDEX, text, position);
      if (index === null)
        throw fail(`needs a list position such as [0] at character ${position + 1}`);
      segments.push(Number(index[1]));
      position += index[0].length;
    } else {
      if (labelNeedsDot && text[position] !== '.')
        throw fail(`needs a dot or a bracket at character ${position + 1}`);
      if (labelNeedsDot) position += 1;
      const quoted = matchAt(QUOTED_LABEL, text, position);
      const label = quoted ?? matchAt(PLAIN_LABEL, text, position);
      if (label === null)
        throw fail(
          `needs a name at character ${position + 1}; put names with dots, brackets or spaces in quotes`,
        );
      segments.push(quoted === null ? label[0] : (quoted[1] ?? ''));
      position += label[0].length;
    }
    labelNeedsDot = true;
    if (segments.length > MAX_PATH_SEGMENTS)
      throw fail(`has more than ${MAX_PATH_SEGMENTS} segments`);
  }
  checkJsonPath(segments, at);
  return segments;
}

/** Checks segments that did not come from text: their number, list positions, and labels that SQLite can address. */
function checkJsonPath(path: JsonPath, at: readonly string[] = []): void {
  const fail = (message: string): ValidationError => new ValidationError([{ path: at, message }]);
  if (path.length > MAX_PATH_SEGMENTS)
    throw fail(`a path has at most ${MAX_PATH_SEGMENTS} segments`);
  for (const segment of path) {
    if (typeof segment === 'number') {
      if (!Number.isInteger(segment) || segment < 0 || segment > MAX_PATH_INDEX) {
        throw fail(
          `a list position in a path must be an integer from 0 to ${MAX_PATH_INDEX}, not ${segment}`,
        );
      }
    } else if (UNQUOTABLE.test(segment)) {
      throw fail(
        `a name in a path cannot hold quotes, backslashes, control characters or lone surrogates: ${quote(segment)}`,
      );
    }
  }
}

/** The path in SQLite's notation, every label quoted; throws ValidationError as `checkJsonPath` does. */
export function toSqlitePath(path: JsonPath): string {
  checkJsonPath(path);
  return `$${path.map((segment) => (typeof segment === 'number' ? `[${segment}]` : `."${segment}"`)).join('')}`;
}

/** The part of a document at a path, undefined when there is none. Labels reach objects, positions reach lists, own properties only. */
export function valueAt(json: JsonValue, path: JsonPath): JsonValue | undefined {
  let current: JsonValue | undefined = json;
  for (const segment of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (Array.isArray(current)) {
      current =
        typeof segment === 'number' ? (current as readonly JsonValue[])[segment] : undefined;
    } else {
      current =
        typeof segment === 'string' && Object.hasOwn(current, segment)
          ? (current as { readonly [key: string]: JsonValue })[segment]
          : undefined;
    }
  }
  return current;
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
