import {
  type AgentContext,
  MAX_CONTEXT_TOKENS,
  type OmittedMemory,
  type PackedContext,
  type PackedMemory,
} from '../engine/index.ts';
import { getAgentContext } from '../resolvers/recall.ts';
import { builder } from './builder.ts';
import { listCost } from './cost.ts';
import { SectionEnum } from './enums.ts';
import { MemoryRef } from './memory.ts';
import { RecallEdgeRef } from './recall.ts';

/** v4's numbers. */
const WORKING_MEMORIES = 5;
const SEMANTIC_MEMORIES = 3;
const EPISODES = 3;
/** What a budget is filled from: 50 working memories, 50 facts, 20 procedures, 20 recent and 20 relevant episodes. */
const PACKABLE_MEMORIES = 160;

const OmissionReasonEnum = builder.enumType('OmissionReason', {
  description: 'Why a memory that was considered is not in the packed text.',
  values: {
    DUPLICATE: { description: 'A packed memory has the same text but for case and white space.' },
    REDUNDANT: {
      description:
        'A packed memory has nearly the same words in the same order, and the same numbers.',
    },
    BUDGET: { description: 'Its line does not fit in what is left of the budget.' },
  } as const,
});

const PackedMemoryRef = builder.objectRef<PackedMemory>('PackedMemory').implement({
  description: 'A memory in the packed text.',
  fields: (t) => ({
    memory: t.field({
      type: MemoryRef,
      description: 'The memory.',
      resolve: (item) => item.memory,
    }),
    citation: t.string({
      description: 'What stands in brackets before its line and cites it.',
      resolve: (item) => String(item.memoryId),
    }),
    key: t.exposeString('key', { description: 'Key of the memory.' }),
    section: t.field({
      type: SectionEnum,
      description: 'Its kind; the lines of one kind stand together.',
      resolve: (item) => item.section,
    }),
    tokens: t.exposeInt('tokens', { description: 'Tokens of its line.' }),
    relevance: t.field({
      type: 'UnitInterval',
      description:
        'Its recall score divided by the best one of its kind; of a recent episode by its place, the newest 1.',
      resolve: (item) => item.relevance,
    }),
    truncated: t.exposeBoolean('truncated', {
      description:
        'True when the line holds only the beginning of the value, since one memory may take 4096 bytes.',
    }),
  }),
});

const OmittedMemoryRef = builder.objectRef<OmittedMemory>('OmittedMemory').implement({
  description: 'A memory that was considered and is not in the packed text.',
  fields: (t) => ({
    memory: t.field({
      type: MemoryRef,
      description: 'The memory.',
      resolve: (item) => item.memory,
    }),
    key: t.exposeString('key', { description: 'Key of the memory.' }),
    section: t.field({
      type: SectionEnum,
      description: 'Its kind.',
      resolve: (item) => item.section,
    }),
    relevance: t.field({
      type: 'UnitInterval',
      description: 'As for packed memories.',
      resolve: (item) => item.relevance,
    }),
    reason: t.field({
      type: OmissionReasonEnum,
      description: 'Why it was left out.',
      resolve: (item) => item.reason,
    }),
    of: t.exposeString('of', {
      nullable: true,
      description: 'Key of the packed memory that says the same; null when the budget was used up.',
    }),
  }),
});

const PackedContextRef = builder.objectRef<PackedContext>('PackedContext').implement({
  description: 'Memories as one text for a language model, within a budget of tokens.',
  fields: (t) => ({
    text: t.exposeString('text', {
      description:
        'One line per memory, `[id] date text`, dates in UTC, under headings for facts, procedures, episodes and working memory; the oldest first under each. Empty when nothing fits.',
    }),
    tokens: t.exposeInt('tokens', {
      description: 'Tokens of the whole text; never more than the budget.',
    }),
    budgetTokens: t.exposeInt('budgetTokens', { description: 'The budget that was given.' }),
    tokenizer: t.exposeString('tokenizer', {
      description: 'The vocabulary that counted the tokens.',
    }),
    items: t.field({
      type: [PackedMemoryRef],
      complexity: listCost(PACKABLE_MEMORIES),
      description: 'The memories in the text, in its order.',
      resolve: (packed) => packed.items,
    }),
    omitted: t.field({
      type: [OmittedMemoryRef],
      complexity: listCost(PACKABLE_MEMORIES),
      description:
        'The memories that were considered and are not in the text, the most relevant first.',
      resolve: (packed) => packed.omitted,
    }),
  }),
});

const AgentContextRef = builder.objectRef<AgentContext>('AgentContext').implement({
  description: 'What a persona should have in mind for a task.',
  fields: (t) => ({
    persona: t.exposeString('persona', { description: 'The persona asked for.' }),
    task: t.exposeString('task', { description: 'The task asked for.' }),
    working: t.field({
      type: [RecallEdgeRef],
      complexity: listCost(WORKING_MEMORIES),
      description: "The persona's working memories that fit the task best, 5 at most.",
      resolve: (result) => result.working,
    }),
    semantic: t.field({
      type: [RecallEdgeRef],
      complexity: listCost(SEMANTIC_MEMORIES),
      description: 'Facts of all personas that fit the task best, 3 at most.',
      resolve: (result) => result.semantic,
    }),
    episodes: t.field({
      type: [MemoryRef],
      complexity: listCost(EPISODES),
      description: "The persona's latest episodes, newest first, 3 at most.",
      resolve: (result) => result.episodes,
    }),
    degraded: t.exposeBoolean('degraded', {
      description: 'True when an arm of the search was not available.',
    }),
    packed: t.field({
      type: PackedContextRef,
      nullable: true,
      description:
        'With a budget the memories that fit in it, chosen from more than the lists above hold: relevant ones first, none twice, different ones before similar ones. Null without a budget.',
      resolve: (result) => result.packed,
    }),
  }),
});

builder.queryField('context', (t) =>
  t.field({
    type: AgentContextRef,
    nullable: true,
    description: 'Working memories, facts and episodes for one persona and one task.',
    args: {
      persona: t.arg.string({
        required: true,
        description: 'Name of the persona; one that is unknown has an empty context.',
      }),
      task: t.arg.string({ required: true, description: 'The task in words, up to 8192 bytes.' }),
      budgetTokens: t.arg.int({
        description: `Also pack a text of at most so many tokens, 1 to ${MAX_CONTEXT_TOKENS}; null = none.`,
      }),
    },
    resolve: (_root, args, context) => getAgentContext(args, context),
  }),
);
