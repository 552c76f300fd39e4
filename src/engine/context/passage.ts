import type { Memory } from '../memory.ts';
import { foldText, normalizeText } from '../search/text-normalize.ts';
import { oneLine, readableValue } from './readable-value.ts';

/** A memory that may go into a packed context. */
export interface Candidate {
  readonly memory: Memory;
  /** 0..1 */
  readonly relevance: number;
}

/** A candidate with its line and what comparing needs of it. */
export interface Passage extends Candidate {
  /** What the memory says, without id and date. */
  readonly text: string;
  readonly truncated: boolean;
  /** Its line in the packed text, with the line feed. */
  readonly line: string;
  /** Unix ms of the date in the line. */
  readonly at: number;
  /** The text as it is compared for equality: compatible characters and case folded. */
  readonly folded: string;
  /** Folded words in their order; of a CJK run its pairs. */
  readonly words: readonly string[];
}

/** A value this short, in UTF-16 units, says little without its key: `favourite_colour: blue`. */
const SHORT_VALUE_LENGTH = 24;

/** As the tokenizer of the full-text index parts words. */
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** The persona stands in the line unless it is the one who asks. */
export function toPassage({ memory, relevance }: Candidate, asker: string): Passage {
  const { text, truncated } = memoryText(memory);
  const at = (memory.section === 'episodic_memory' ? memory.createdAt : memory.updatedAt).getTime();
  const persona =
    memory.persona === null || memory.persona === asker ? '' : ` (${oneLine(memory.persona)})`;
  return {
    memory,
    relevance,
    text,
    truncated,
    at,
    line: `[${memory.id}] ${isoMinute(at)}${persona} ${text}\n`,
    folded: oneLine(foldText(text)).trim(),
    words: normalizeText(text).match(WORD) ?? [],
  };
}

function memoryText(memory: Memory): { readonly text: string; readonly truncated: boolean } {
  const { value } = memory;
  const { text, truncated } = readableValue(value);
  const structured = typeof value === 'object' && value !== null;
  if (text !== '' && (structured || text.length >= SHORT_VALUE_LENGTH)) return { text, truncated };
  return { text: `${oneLine(memory.key).trim()}: ${text}`.trim(), truncated };
}

/** 2026-11-22 08:40Z */
function isoMinute(at: number): string {
  return new Date(at).toISOString().replace(/T(\d\d:\d\d).*$/, ' $1Z');
}
