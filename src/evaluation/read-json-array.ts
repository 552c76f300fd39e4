import { createReadStream } from 'node:fs';
import { ValidationError } from '../engine/index.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);
const BYTE_ORDER_MARK = '\ufeff';

/**
 * The elements of a JSON file that holds a list, one after another, holding one at a time: the larger data sets do not fit into
 * one string. ValidationError when the file cannot be read, is not JSON or holds no list.
 */
export async function* readJsonArray(path: string): AsyncGenerator<unknown> {
  let count = 0;
  for await (const text of elementTexts(path)) {
    count += 1;
    try {
      yield JSON.parse(text) as unknown;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new ValidationError(`${path} is not JSON: element ${count}: ${error.message}`, {
        cause: error,
      });
    }
  }
}

/** Number of elements, without parsing them. */
export async function countJsonArray(path: string): Promise<number> {
  let count = 0;
  for await (const _text of elementTexts(path)) count += 1;
  return count;
}

/** Cuts at the commas between the elements; brackets and commas inside of strings and of elements do not count. */
async function* elementTexts(path: string): AsyncGenerator<string> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let element: Buffer[] = [];
  let seen = 0;

  for await (const chunk of chunksOf(path)) {
    let start = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index] ?? 0;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (OPENING.has(byte)) {
        depth += 1;
        if (depth > 1) continue;
        const before = textOf([...element, chunk.subarray(start, index)]);
        if (seen > 0 || byte !== 0x5b || before.replace(BYTE_ORDER_MARK, '').trim() !== '')
          throw noList(path);
        seen = 1;
        element = [];
        start = index + 1;
      } else if (depth === 1 && (byte === COMMA || CLOSING.has(byte))) {
        const text = textOf([...element, chunk.subarray(start, index)]);
        // An empty list has no element; an empty place between commas is left to the parser to refuse.
        if (byte === COMMA || seen > 1 || text.trim() !== '') yield text;
        seen += 1;
        element = [];
        start = index + 1;
        if (byte !== COMMA) depth -= 1;
      } else if (CLOSING.has(byte)) depth -= 1;
    }
    element.push(chunk.subarray(start));
  }
  if (depth !== 0 || inString || seen === 0 || textOf(element).trim() !== '') throw noList(path);
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ValidationError(`${path} cannot be read: ${reason}`, { cause: error });
  }
}

function textOf(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('utf8');
}

function noList(path: string): ValidationError {
  return new ValidationError(`${path} must hold one JSON list`);
}
