import type { OmissionReason } from '../context-operations.ts';
import { type Fingerprint, fingerprint, isNearDuplicate } from './near-duplicate.ts';
import type { Passage } from './passage.ts';
import { sectionHeading, sectionRank } from './section-headings.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface Packed {
  readonly passage: Passage;
  readonly tokens: number;
}

export interface Refusal {
  readonly reason: OmissionReason;
  /** The packed passage that says the same; null for BUDGET. */
  readonly of: Passage | null;
}

interface Kept extends Packed {
  readonly print: Fingerprint;
}

/**
 * Fills a budget of tokens with passages, whole or not at all. Token counts add up because each line ends with a line feed
 * and the next begins with `[` or `#`: the vocabulary never joins a token across.
 */
export class ContextPacker {
  readonly #tokenizer: Tokenizer;
  readonly #budget: number;
  readonly #kept: Kept[] = [];
  readonly #headings = new Set<string>();
  #tokens = 0;

  constructor(tokenizer: Tokenizer, budget: number) {
    this.#tokenizer = tokenizer;
    this.#budget = budget;
  }

  /** Of the whole text. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Adds the passage, or tells why not. */
  add(passage: Passage): Refusal | null {
    const print = fingerprint(passage);
    const rivals = this.#kept.filter((kept) => maySayTheSame(kept.passage, passage));
    const twin = rivals.find((kept) => kept.passage.folded === passage.folded);
    if (twin !== undefined) return { reason: 'DUPLICATE', of: twin.passage };
    const near = rivals.find((kept) => isNearDuplicate(kept.print, print));
    if (near !== undefined) return { reason: 'REDUNDANT', of: near.passage };

    const heading = sectionHeading(passage.memory.section);
    const headingTokens = this.#headings.has(heading) ? 0 : this.#tokenizer.count(heading);
    const room = this.#budget - this.#tokens - headingTokens;
    const tokens = room > 0 ? this.#tokenizer.countWithin(passage.line, room) : null;
    if (tokens === null) return { reason: 'BUDGET', of: null };
    this.#headings.add(heading);
    this.#tokens += headingTokens + tokens;
    this.#kept.push({ passage, tokens, print });
    return null;
  }

  /** What was added, in the order of the text: by section, the oldest first. */
  arrange(): readonly Packed[] {
    return this.#kept.toSorted(
      ({ passage: left }, { passage: right }) =>
        sectionRank(left.memory.section) - sectionRank(right.memory.section) ||
        left.at - right.at ||
        left.memory.id - right.memory.id,
    );
  }
}

/** Two named personas may say the same words of themselves. */
function maySayTheSame({ memory: left }: Passage, { memory: right }: Passage): boolean {
  return left.persona === null || right.persona === null || left.persona === right.persona;
}
