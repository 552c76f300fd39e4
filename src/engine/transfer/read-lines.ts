import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';

/** A memory of 1 MiB whose every byte is written as `\u0000` takes 6 MiB; a longer line holds no memory. */
export const MAX_LINE_BYTES = 8_388_608;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

export interface Line {
  /** Counts from 1. */
  readonly number: number;
  /** null when the line is too long or is not UTF-8; `problem` says which. */
  readonly text: string | null;
  readonly problem: string;
}

/**
 * The lines of a UTF-8 file, without their ends. Only LF ends a line (readline would also split at U+2028,
 * which JSON strings may hold), invalid bytes are reported instead of replaced, and memory stays bounded.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Uint8Array[] = [];
  let size = 0;
  let number = 0;
  const finish = (): Line => {
    number += 1;
    const line =
      size > MAX_LINE_BYTES ? tooLong(number) : decode(decoder, Buffer.concat(parts), number);
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      collect(chunk.subarray(start, end));
      yield finish();
      start = end + 1;
    }
    collect(chunk.subarray(start));
  }
  if (size > 0) yield finish();

  function collect(part: Uint8Array): void {
    size += part.length;
    if (size <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array, number: number): Line {
  const end = bytes.at(-1) === RETURN ? bytes.length - 1 : bytes.length;
  try {
    return { number, text: decoder.decode(bytes.subarray(0, end)), problem: '' };
  } catch {
    return { number, text: null, problem: 'is not valid UTF-8' };
  }
}

function tooLong(number: number): Line {
  return { number, text: null, problem: `is longer than ${MAX_LINE_BYTES} bytes` };
}
