import type { ScoreExplanation } from '../engine/index.ts';
import { builder } from './builder.ts';

const TextScoreRef = builder
  .objectRef<NonNullable<ScoreExplanation['text']>>('TextScore')
  .implement({
    description: 'What the full-text arm found out about a memory.',
    fields: (t) => ({
      rank: t.exposeInt('rank', {
        description:
          '1 = best of all candidates of this recall by `normalised`; equal ones by age of the id.',
      }),
      bm25: t.exposeFloat('bm25', {
        description:
          'Sum of the bm25 of the query terms that the memory holds: 0 or more, higher is better. Comparable within one recall only.',
      }),
      context: t.exposeFloat('context', {
        description:
          'What the two turns before and after it in the same conversation add to `bm25`, by their distance: 0 or more.',
      }),
      coverage: t.exposeFloat('coverage', {
        description:
          'Share of the query terms that the memory holds, or its neighbours by their weight: 0 to 1.',
      }),
      normalised: t.exposeFloat('normalised', {
        description:
          '(`bm25` + `context`) × √`coverage`, divided by the best of all candidates: 0 to 1.',
      }),
    }),
  });

const SemanticScoreRef = builder
  .objectRef<NonNullable<ScoreExplanation['semantic']>>('SemanticScore')
  .implement({
    description: 'What the vector arm found out about a memory.',
    fields: (t) => ({
      rank: t.exposeInt('rank', {
        description:
          '1 = best of all candidates of this recall by `normalised`; equal ones by age of the id.',
      }),
      similarity: t.exposeFloat('similarity', {
        description: 'Cosine of the vectors of query and memory: -1 to 1, higher is better.',
      }),
      distance: t.exposeFloat('distance', {
        description: '1 - `similarity`: 0 to 2, lower is better.',
      }),
      background: t.exposeFloat('background', {
        description:
          'The usual cosine of this query with any memory, the mean over a sample: what is no better says nothing.',
      }),
      normalised: t.exposeFloat('normalised', {
        description:
          '(`similarity` - `background`) / (the best similarity - `background`), at least 0: 0 to 1.',
      }),
      model: t.exposeString('model', {
        description:
          'The model of both vectors; another one than usual while `reindex` replaces the vectors.',
      }),
    }),
  });

const ScoreWeightsRef = builder.objectRef<ScoreExplanation['weights']>('ScoreWeights').implement({
  description: 'Shares of the arms in a score; an arm that did not search has 0.',
  fields: (t) => ({
    text: t.exposeFloat('text', { description: 'Of the full-text arm, 0 or more.' }),
    semantic: t.exposeFloat('semantic', { description: 'Of the vector arm, 0 or more.' }),
  }),
});

export const ScoreExplanationRef = builder
  .objectRef<ScoreExplanation>('ScoreExplanation')
  .implement({
    description:
      'How a score came about: `final` = ((`weights.text` × `text.normalised` + `weights.semantic` × `semantic.normalised`) / ' +
      '(`weights.text` + `weights.semantic`) + `nameBoost`) × `importanceFactor` × `recencyFactor`, where an arm that is null ' +
      'counts 0. A query without words lists by importance alone: both arms are null and `final` = `importanceFactor`.',
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
        description:
          'The vector arm; null when it did not search, when the memory has no vector, or is not among its candidates.',
        resolve: (score) => score.semantic,
      }),
      weights: t.field({
        type: ScoreWeightsRef,
        description: 'Shares of the arms that served.',
        resolve: (score) => score.weights,
      }),
      nameBoost: t.exposeFloat('nameBoost', {
        description: '0.3 when the query names the persona of the memory, otherwise 0.',
      }),
      importanceFactor: t.exposeFloat('importanceFactor', {
        description: '1 + 0.2 × (importance - 0.5): 0.9 to 1.1.',
      }),
      recencyFactor: t.exposeFloat('recencyFactor', {
        description: '1 + 0.1 × (2^(-days since the last write / 30) - 0.5): 0.95 to 1.05.',
      }),
      final: t.exposeFloat('final', {
        description: 'The score by which hits are sorted, equal ones by age of the id: 0 to 1.5.',
      }),
      terms: t.stringList({
        description: 'The terms of the query that the full-text arm searched for.',
        resolve: (score) => score.terms.slice(),
      }),
    }),
  });
