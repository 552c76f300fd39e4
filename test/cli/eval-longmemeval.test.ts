import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LocomoResult } from '../../src/evaluation/locomo-report.ts';
import type { LongMemEvalReport } from '../../src/evaluation/longmemeval-report.ts';
import { LOCOMO_SAMPLE } from '../evaluation/locomo-sample.ts';
import { TEXT, useEvaluationRuns } from './evaluation-runs.ts';

const { cli, at, write, evaluate } = useEvaluationRuns();

const user = (content: string, hasAnswer = false) => ({
  role: 'user',
  content,
  has_answer: hasAnswer,
});
const HAYSTACK = {
  haystack_session_ids: ['chat_1', 'answer_1', 'answer_2', 'chat_2'],
  haystack_dates: Array.from({ length: 4 }, () => '2023/05/20 (Sat) 02:21'),
  haystack_sessions: [
    [user('My bicycle has a flat tyre.'), { role: 'assistant', content: 'Patch it.' }],
    [user('I planted a fern yesterday.', true), user('It stands in the hall.')],
    [user('Today I planted a cactus.', true)],
    [user('Tell me a joke.'), { role: 'assistant', content: 'A walrus walks in.' }],
  ],
};
const LONGMEMEVAL_SAMPLE = [
  {
    question_id: 'q1',
    question_type: 'multi-session',
    question: 'Which fern and cactus were planted?',
    ...HAYSTACK,
  },
  { question_id: 'q2_abs', question_type: 'multi-session', question: 'Which palm?', ...HAYSTACK },
  {
    question_id: 'q3',
    question_type: 'single-session-assistant',
    question: 'Which animal walked in?',
    ...HAYSTACK,
    haystack_session_ids: ['chat_1', 'chat_2', 'chat_3', 'answer_4'],
  },
  {
    question_id: 'q4',
    question_type: 'single-session-user',
    question: 'Where does it stand, in the hall?',
    ...HAYSTACK,
    haystack_session_ids: ['chat_1', 'chat_2', 'answer_4', 'chat_3'],
  },
];
const NOTHING = { 1: 0, 3: 0, 5: 0, 10: 0, 30: 0, 50: 0 };

describe('trinitas eval longmemeval', () => {
  it('measures recall of sessions by the published protocol', async () => {
    const file = write('small.json', LONGMEMEVAL_SAMPLE);
    const report = await evaluate<LongMemEvalReport>('longmemeval', file, ...TEXT);
    // q1 finds both sessions of evidence, q4 asks for another session than its evidence.
    expect(report).toMatchObject({
      questions: 2,
      skipped: { abstention: 1, withoutUserEvidence: 1 },
      session: {
        recallAny: { 1: 0.5, 3: 0.5, 50: 0.5 },
        recallAll: { 1: 0, 3: 0.5, 50: 0.5 },
        ndcgAny: { 1: 0.5, 3: 0.5, 50: 0.5 },
      },
      turn: null,
      byType: {
        'multi-session': { questions: 1, session: { recallAll: { 1: 0, 3: 1 } } },
        'single-session-user': { questions: 1, session: { recallAny: NOTHING, ndcgAny: NOTHING } },
      },
      memories: 8,
      settings: { dataset: 'small.json', granularity: 'session', mode: 'TEXT' },
    });
    expect(Object.keys(report.session.recallAny)).toEqual(['1', '3', '5', '10', '30', '50']);
  });

  it('measures recall of turns, by turns and by their sessions', async () => {
    const file = write('small.json', LONGMEMEVAL_SAMPLE.slice(0, 1));
    const saved = at('results.jsonl');
    const report = await evaluate<LongMemEvalReport>(
      ...['longmemeval', file, ...TEXT, '--granularity', 'turn', '--save', saved],
    );
    expect(report).toMatchObject({
      questions: 1,
      memories: 5,
      turn: { recallAny: { 1: 1 }, recallAll: { 1: 0, 3: 1 }, ndcgAny: { 1: 1, 3: 1 } },
      session: { recallAny: { 1: 1 }, recallAll: { 1: 0, 3: 1 }, ndcgAny: { 1: 1, 3: 1 } },
    });
    const { found, evidence } = JSON.parse(readFileSync(saved, 'utf8')) as LocomoResult;
    expect(evidence).toEqual(['answer_1_1', 'answer_2_1']);
    expect(found.slice(0, 2).toSorted()).toEqual(evidence);
  });

  it('shows a table to people', async () => {
    const file = write('small.json', LONGMEMEVAL_SAMPLE);
    const { code, stdout } = await cli.run(['eval', 'longmemeval', file, ...TEXT]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sessions +2 +50\.0 +50\.0 +50\.0 +50\.0 +0\.0 +50\.0/m);
    expect(stdout).toMatch(/skipped: 1 abstention, 1 without evidence by the user/);
  });

  it.each([
    ['another format', LOCOMO_SAMPLE, /0\.question_id/],
    [
      'sessions without ids',
      [{ ...LONGMEMEVAL_SAMPLE[0], haystack_session_ids: [] }],
      /0\.haystack_session_ids: must name each of the 4 sessions, not 0/,
    ],
    ['nothing to measure', [], /no question has evidence/],
  ])('refuses %s', async (_what, content, message) => {
    const { code, stdout, stderr } = await cli.run([
      ...['eval', 'longmemeval', write('bad.json', content)],
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
