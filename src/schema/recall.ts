import type { AgentContext, RecallHit, RecallResult, ScoreExplanation } from '../engine/index.ts';
import { DEFAULT_RECALL_LIMIT } from '../engine/index.ts';
import { getAgentContext, recall } from '../resolvers/recall.ts';
import { builder } from './builder.ts';
import { LEAF_LIST, listCost } from './cost.ts';
import { RecallModeEnum } from './enums.ts';
import { MemoryRef } from './memory.ts';
import { MemoryWhere } from './memory-where.ts';

/** v4 returned 5 working and 3 semantic memories and 3 episodes. */
const CONTEXT_SIZE = 11;

const TextScoreRef = builder
  .objectRef<NonNullable<ScoreExplanation['text']>>('TextScore')
  .implement({
    description: 'What the full-text arm said about a hit.',
    fields: (t) => ({
      rank: t.exposeInt('rank', { description: '1 = best of this arm.' }),
      bm25: t.exposeFloat('bm25', {
        description:
          'bm25 of the index, positive: higher is better. Comparable within one recall only.',
      }),
      normalised: t.exposeFloat('normalised', {
        description: '`bm25` divided by the best one of this recall: 0 to 1.',
      }),
    }),
  });

const SemanticScoreRef = builder
  .objectRef<NonNullable<ScoreExplanation['semantic']>>('SemanticScore')
  .implement({
    description: 'What the vector arm said about a hit.',
    fields: (t) => ({
      rank: t.exposeInt('rank', { description: '1 = best of this arm.' }),
      distance: t.exposeFloat('distance', {
        description: 'Distance of the vectors; lower is better.',
      }),
      normalised: t.exposeFloat('normalised', {
        description: 'Similarity as 0 to 1; higher is better.',
      }),
    }),
  });

const ScoreExplanationRef = builder.objectRef<ScoreExplanation>('ScoreExplanation').implement({
  description: 'How a score came about: the arms, times the factors.',
  fields: (t) => ({
    text: t.field({
      type: TextScoreRef,
      nullable: true,
      description: 'The full-text arm; null when it did not find this memory or did not search.',
      resolve: (score) => score.text,
    }),
    semantic: t.field({
      type: SemanticScoreRef,
      nullable: true,
      description: 'The vector arm; null when it did not find this memory or did not search.',
      resolve: (score) => score.semantic,
    }),
    importanceFactor: t.exposeFloat('importanceFactor', {
      description: 'What the importance multiplies the score by; bounded around 1.',
    }),
    recencyFactor: t.exposeFloat('recencyFactor', {
      description: 'What the age multiplies the score by; bounded around 1.',
    }),
    final: t.exposeFloat('final', { description: 'The score by which hits are sorted.' }),
    terms: t.stringList({
      description: 'The terms of the query that were searched for.',
      resolve: (score) => score.terms.slice(),
    }),
  }),
});

const RecallEdgeRef = builder.objectRef<RecallHit>('RecallEdge').implement({
  description:
    'A memory as found by one query. The score stands here and not on the memory, since one memory scores differently in each recall.',
  fields: (t) => ({
    node: t.field({
      type: MemoryRef,
      description: 'The memory found.',
      resolve: (hit) => hit.memory,
    }),
    score: t.exposeFloat('score', {
      description: 'Higher is better; comparable within one recall only.',
    }),
    explanation: t.field({
      type: ScoreExplanationRef,
      description: 'How the score came about.',
      resolve: (hit) => hit.explanation,
    }),
  }),
});

const RecallResultRef = builder.objectRef<RecallResult>('RecallResult').implement({
  description: 'The answer to one recall.',
  fields: (t) => ({
    edges: t.field({
      type: [RecallEdgeRef],
      complexity: LEAF_LIST,
      description: 'The hits, best first.',
      resolve: (result) => result.hits,
    }),
    mode: t.field({
      type: RecallModeEnum,
      description: 'The mode that was asked for.',
      resolve: (result) => result.mode,
    }),
    servedMode: t.field({
      type: RecallModeEnum,
      description: 'The mode that served.',
      resolve: (result) => result.servedMode,
    }),
    degraded: t.exposeBoolean('degraded', {
      description: 'True when an arm that was asked for could not search.',
    }),
    tookMs: t.exposeFloat('tookMs', { description: 'Milliseconds inside the engine.' }),
  }),
});

builder.queryField('recall', (t) =>
  t.field({
    type: RecallResultRef,
    nullable: true,
    description:
      'Finds memories by what they say. The filter applies before ranking and before the limit; every hit explains its score.',
    args: {
      query: t.arg.string({
        required: true,
        description:
          'Free text in any language, up to 8192 bytes; nothing in it is an operator. The first 32 terms count.',
      }),
      mode: t.arg({
        type: RecallModeEnum,
        required: true,
        defaultValue: 'HYBRID',
        description: 'Which arms search.',
      }),
      where: t.arg({ type: MemoryWhere, description: 'Only memories that match; null = all.' }),
      minScore: t.arg.float({ description: 'Leave out hits with a lower score; null = none.' }),
      touch: t.arg.boolean({
        required: true,
        defaultValue: true,
        description:
          'Count the hits as accessed: their access statistics are updated a moment later.',
      }),
      first: t.arg.int({
        required: true,
        defaultValue: DEFAULT_RECALL_LIMIT,
        description: 'How many hits at most, 1 to 100.',
      }),
    },
    complexity: ({ first }) => listCost(first ?? DEFAULT_RECALL_LIMIT),
    resolve: (_root, args, context) => recall(args, context),
  }),
);

const AgentContextRef = builder.objectRef<AgentContext>('AgentContext').implement({
  description: 'What a persona should have in mind for a task.',
  fields: (t) => ({
    persona: t.exposeString('persona', { description: 'The persona asked for.' }),
    task: t.exposeString('task', { description: 'The task asked for.' }),
    working: t.field({
      type: [RecallEdgeRef],
      complexity: LEAF_LIST,
      description: "The persona's working memories that fit the task best, 5 at most.",
      resolve: (result) => result.working,
    }),
    semantic: t.field({
      type: [RecallEdgeRef],
      complexity: LEAF_LIST,
      description: 'Facts of all personas that fit the task best, 3 at most.',
      resolve: (result) => result.semantic,
    }),
    episodes: t.field({
      type: [MemoryRef],
      complexity: LEAF_LIST,
      description: "The persona's latest episodes, newest first, 3 at most.",
      resolve: (result) => result.episodes,
    }),
    degraded: t.exposeBoolean('degraded', {
      description: 'True when an arm of the search was not available.',
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
    },
    complexity: listCost(CONTEXT_SIZE),
    resolve: (_root, args, context) => getAgentContext(args, context),
  }),
);
