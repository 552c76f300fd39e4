import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OmittedMemory, PackedContext, PackedMemory } from '../context-operations.ts';
import { ContextPacker, type Packed, type Refusal } from './context-packer.ts';
import { comparePassages, DiverseQueue } from './diverse-queue.ts';
import { type Candidate, type Passage, toPassage } from './passage.ts';
import { sectionHeading } from './section-headings.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { SimilarityMeasure } from './word-similarity.ts';

/** Milliseconds of work after which other callers get a turn. */
const TURN_MS = 5;

export interface PackOptions {
  /** Who asks; this name is not repeated in the lines. */
  readonly persona: string;
  readonly budgetTokens: number;
  readonly tokenizer: Tokenizer;
  /** How alike two memories are, for the diversity of the selection. */
  readonly similarity: SimilarityMeasure;
}

/**
 * Packs memories, each at most once, into a text of at most `budgetTokens`: in the order of their marginal relevance each
 * one that repeats none before it and fits whole. A memory that does not fit leaves its room to smaller ones.
 */
export async function packContext(
  candidates: readonly Candidate[],
  { persona, budgetTokens, tokenizer, similarity }: PackOptions,
): Promise<PackedContext> {
  const breathe = pacer();
  const passages: Passage[] = [];
  for (const candidate of candidates) {
    passages.push(toPassage(candidate, persona));
    await breathe();
  }
  const queue = new DiverseQueue(passages, similarity(passages));
  const packer = new ContextPacker(tokenizer, budgetTokens);
  const refused: { readonly passage: Passage; readonly refusal: Refusal }[] = [];
  for (let passage = queue.next(); passage !== null; passage = queue.next()) {
    const refusal = packer.add(passage);
    if (refusal === null) queue.take(passage);
    else refused.push({ passage, refusal });
    await breathe();
  }
  const packed = packer.arrange();
  return {
    text: toText(packed.map(({ passage }) => passage)),
    tokens: packer.tokens,
    budgetTokens,
    tokenizer: tokenizer.name,
    items: packed.map(toItem),
    omitted: refused
      .toSorted((left, right) => comparePassages(left.passage, right.passage))
      .map(({ passage, refusal }) => toOmitted(passage, refusal)),
  };
}

function toText(passages: readonly Passage[]): string {
  let text = '';
  let heading = '';
  for (const { memory, line } of passages) {
    const next = sectionHeading(memory.section);
    text += next === heading ? line : next + line;
    heading = next;
  }
  return text;
}

function toItem({ passage: { memory, relevance, truncated }, tokens }: Packed): PackedMemory {
  const { id, key, section } = memory;
  return { memory, memoryId: id, key, section, tokens, relevance, truncated };
}

function toOmitted({ memory, relevance }: Passage, { reason, of }: Refusal): OmittedMemory {
  const { id, key, section } = memory;
  return { memory, memoryId: id, key, section, relevance, reason, of: of?.memory.key ?? null };
}

/** Lets the event loop turn when this work has held it for TURN_MS; the result never depends on it. */
function pacer(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < TURN_MS) return;
    await nextTurn();
    since = performance.now();
  };
}
