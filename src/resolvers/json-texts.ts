import { randomUUID } from 'node:crypto';
import { isExactJson } from '../engine/index.ts';

/**
 * JSON that goes into an answer as the text it is stored as, instead of being parsed and written again: the answer holds
 * a stand-in, which is replaced when the answer has become text. Stand-ins are made of an id that nobody else knows and
 * that is never used again, so nothing that a client stores or sends can look like one.
 */
export class JsonTexts {
  readonly #mark = randomUUID();
  readonly #texts: string[] = [];

  /** Returns the stand-in of a text. */
  place(text: string): string {
    this.#texts.push(text);
    return `${this.#mark}${this.#texts.length - 1}`;
  }

  /** Puts the texts into an answer; those whose field was dropped from it are forgotten. */
  fill(answer: string): string {
    if (this.#texts.length === 0) return answer;
    const [head = '', ...parts] = answer.split(`"${this.#mark}`);
    let filled = head;
    for (const part of parts) {
      const end = part.indexOf('"');
      filled += this.#texts[Number(part.slice(0, end))] + part.slice(end + 1);
    }
    return filled;
  }
}

/** A stored JSON value for an answer: its own text where the answer can hold it and JSON readers would not round it. */
export function storedJson(texts: JsonTexts | null, text: string, parse: () => unknown): unknown {
  return texts !== null && isExactJson(text) ? texts.place(text) : parse();
}
