import type { RecallHit, RecallResult } from '../engine/index.ts';
import { DEFAULT_RECALL_LIMIT } from '../engine/index.ts';
import { recall } from '../resolvers/recall.ts';
import { builder } from './builder.ts';
import { LEAF_LIST, listCost } from './cost.ts';
import { RecallModeEnum } from './enums.ts';
import { MemoryRef } from './memory.ts';
import { MemoryWhere } from './memory-where.ts';
import { ScoreExplanationRef } from './score-explanation.ts';

export const RecallEdgeRef = builder.objectRef<RecallHit>('RecallEdge').implement({
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

const VectorSourceEnum = builder.enumType('VectorSource', {
  description: 'Where the candidates of the semantic arm come from.',
  values: {
    EMBEDDED: { value: 'embedded', description: 'The index in the database.' },
    CHROMA: { value: 'chroma', description: 'Chroma.' },
  } as const,
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
      description:
        'True when an arm that was asked for could not search, or not among all memories. False when no embedder is configured.',
    }),
    degradedReason: t.exposeString('degradedReason', {
      nullable: true,
      description: 'Why, for people; null unless `degraded`.',
    }),
    vectorsFrom: t.field({
      type: [VectorSourceEnum],
      complexity: LEAF_LIST,
      description:
        'What the semantic arm compared; empty when that arm did not serve. Chroma serves the sections it holds while it is reachable.',
      resolve: (result) => result.vectorsFrom,
    }),
    tookMs: t.exposeFloat('tookMs', { description: 'Milliseconds inside the engine.' }),
  }),
});

const RecallWeightsInput = builder.inputType('RecallWeightsInput', {
  description:
    'Shares of the arms in a hybrid score: finite numbers, 0 or more and not both 0; only their ratio counts.',
  fields: (t) => ({
    text: t.float({ description: 'Of the full-text arm; null = 0.5.' }),
    semantic: t.float({ description: 'Of the vector arm; null = 0.5.' }),
  }),
});

const RecallCandidatesInput = builder.inputType('RecallCandidatesInput', {
  description:
    'How many memories each arm hands over to be scored together; more find more and take longer. Never fewer than `first`.',
  fields: (t) => ({
    text: t.int({ description: 'The full-text arm, 1 to 1000; null = 100.' }),
    semantic: t.int({ description: 'The vector arm, 1 to 1000; null = 100.' }),
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
      minScore: t.arg.float({
        description: 'Leave out hits with a lower score, 0 or more; null = none.',
      }),
      weights: t.arg({
        type: RecallWeightsInput,
        description: 'Shares of the arms when both serve; null = equal.',
      }),
      candidates: t.arg({
        type: RecallCandidatesInput,
        description: 'How far each arm looks; null = 100 each.',
      }),
      includeSuperseded: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Also find memories that another one supersedes.',
      }),
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
