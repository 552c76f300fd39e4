import type { Memory } from './memory.ts';
import type { Section } from './model/section.ts';
import type { RecallHit } from './recall-operations.ts';

/** What a caller of `getContext` may ask for beside persona and task. */
export interface ContextOptions {
  /** With it the answer also holds `packed`, a text of at most this many tokens; 1..200,000. */
  readonly budgetTokens?: number | undefined;
}

/**
 * Memories as one text block for a language model. Each memory is one line: `[id] date text`, the date as ISO day and
 * minute in UTC. Lines stand under the heading of their section: facts, procedures, episodes, working memory; what is in
 * hand stands nearest to the question that follows the block. Inside a section the oldest stands first, so that of two
 * lines that disagree the later one holds. The date is the moment of an episode, of all others the last change.
 */
export interface PackedContext {
  /** Every line ends with a line feed; empty when nothing fits. */
  readonly text: string;
  /** Of the whole text, headings included; never more than `budgetTokens`. */
  readonly tokens: number;
  readonly budgetTokens: number;
  /** The vocabulary that counted the tokens. */
  readonly tokenizer: string;
  /** The memories in the text, in its order. */
  readonly items: readonly PackedMemory[];
  /** The memories that were considered and are not in the text, the most relevant first. */
  readonly omitted: readonly OmittedMemory[];
}

export interface PackedMemory {
  readonly memory: Memory;
  /** As cited in the text: `[12]`. */
  readonly memoryId: number;
  readonly key: string;
  readonly section: Section;
  /** Of its line. */
  readonly tokens: number;
  /** 0..1: the recall score divided by the best one of its section; of a recent episode by its place, the newest 1. */
  readonly relevance: number;
  /** The value is longer than one memory may take (4,096 bytes of text); an ellipsis ends what the line holds of it. */
  readonly truncated: boolean;
}

/**
 * Why a memory is left out. DUPLICATE: a packed one has the same text but for case and white space. REDUNDANT: a packed
 * one has nearly the same words in the same order, and the same numbers. BUDGET: its line does not fit in what is left.
 */
export const OMISSION_REASONS = ['DUPLICATE', 'REDUNDANT', 'BUDGET'] as const;
export type OmissionReason = (typeof OMISSION_REASONS)[number];

export interface OmittedMemory {
  readonly memory: Memory;
  readonly memoryId: number;
  readonly key: string;
  readonly section: Section;
  readonly relevance: number;
  readonly reason: OmissionReason;
  /** Key of the packed memory that says the same; null for BUDGET. */
  readonly of: string | null;
}

export interface AgentContext {
  readonly persona: string;
  readonly task: string;
  readonly working: readonly RecallHit[];
  readonly semantic: readonly RecallHit[];
  /** The persona's most recent episodes, newest first. */
  readonly episodes: readonly Memory[];
  readonly degraded: boolean;
  /** With a budget what fits in it, chosen from more memories than the lists above hold; null without one. */
  readonly packed: PackedContext | null;
}
