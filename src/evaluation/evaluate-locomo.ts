import { type EngineOptions, ValidationError } from '../engine/index.ts';
import {
  type EvaluationHooks,
  type EvaluationStore,
  withEvaluationStore,
} from './evaluation-store.ts';
import type { LocomoConversation, LocomoQuestion } from './locomo-dataset.ts';
import { toDocuments } from './locomo-documents.ts';
import { readEvidence } from './locomo-evidence.ts';
import type { LocomoOutcome, LocomoResult, LocomoSettings } from './locomo-report.ts';

type Settings = Pick<LocomoSettings, 'granularity' | 'scope' | 'mode' | 'limit'>;

/** A question whose evidence exists. */
interface JudgedQuestion {
  readonly conversation: string;
  readonly question: LocomoQuestion;
  /** Keys of memories; not empty. */
  readonly evidence: readonly string[];
}

/**
 * Asks the questions of LoCoMo conversations by the retrieval protocol that needs no language model: what counts is whether the
 * memories that answer a question are among the hits. Scope `conversation` gives each conversation a database of its own, since
 * one full-text index would share the frequencies of its words between them. Throws the signal's reason when it aborts, and
 * ValidationError when no question of categories 1 to 4 can be judged.
 */
export async function evaluateLocomo(
  conversations: readonly LocomoConversation[],
  settings: Settings,
  options: EngineOptions,
  hooks: EvaluationHooks = {},
): Promise<LocomoOutcome> {
  const groups = (
    settings.scope === 'conversation' ? conversations.map((one) => [one]) : [conversations]
  ).map((members) => prepare(members, settings));
  const total = groups.reduce((sum, { questions }) => sum + questions.length, 0);
  const asked = conversations.reduce((sum, { questions }) => sum + questions.length, 0);
  if (!groups.some(({ questions }) => questions.some(isHeadline)))
    throw new ValidationError('no question of categories 1 to 4 names evidence that exists');

  const results: LocomoResult[] = [];
  const counts = { memories: 0, failedMemories: 0 };
  for (const { rows, questions } of groups) {
    await withEvaluationStore(options, async (memories) => {
      const stored = await memories.fill(rows, settings.mode, hooks);
      counts.memories += stored.memories;
      counts.failedMemories += stored.failedMemories;
      for (const question of questions) {
        hooks.signal?.throwIfAborted();
        results.push(await ask(memories, question, settings));
        hooks.onProgress?.(results.length, total);
      }
    });
  }
  return { results, withoutEvidence: asked - total, ...counts };
}

function prepare(conversations: readonly LocomoConversation[], { granularity }: Settings) {
  const prepared = conversations.map((conversation) => {
    const { rows, keyOfTurn } = toDocuments(conversation, granularity);
    return { rows, questions: judgedQuestions(conversation, keyOfTurn) };
  });
  return {
    rows: prepared.flatMap(({ rows }) => rows),
    questions: prepared.flatMap(({ questions }) => questions),
  };
}

function judgedQuestions(
  { name, questions }: LocomoConversation,
  keyOfTurn: ReadonlyMap<string, string>,
): readonly JudgedQuestion[] {
  return questions.flatMap((question) => {
    const keys = readEvidence(question.evidence).flatMap((turn) => keyOfTurn.get(turn) ?? []);
    const evidence = [...new Set(keys)];
    return evidence.length === 0 ? [] : [{ conversation: name, question, evidence }];
  });
}

function isHeadline({ question }: JudgedQuestion): boolean {
  return question.category !== 'adversarial';
}

async function ask(
  memories: EvaluationStore,
  { conversation, question, evidence }: JudgedQuestion,
  { mode, limit }: Settings,
): Promise<LocomoResult> {
  const { keys, ...served } = await memories.ask({ query: question.text, mode, limit });
  return {
    conversation,
    question: question.text,
    category: question.category,
    evidence,
    found: keys,
    ...served,
  };
}
