import { describe, expect, it } from 'vitest';
import { toHaystack } from '../../src/evaluation/longmemeval-documents.ts';
import { scoreDocuments, scoreSessions } from '../../src/evaluation/longmemeval-scores.ts';

const user = (content: string, hasAnswer?: boolean) => ({
  role: 'user',
  content,
  has_answer: hasAnswer,
});
const assistant = (content: string) => ({ role: 'assistant', content, has_answer: true });

const QUESTION = {
  question_id: 'q1',
  question_type: 'multi-session',
  question: 'How many plants did I buy?',
  haystack_session_ids: ['chat_7', 'answer_p_1', 'answer_p_2', 'answer_p_3'],
  haystack_sessions: [
    [user('I baked bread.'), assistant('Fine.'), user('With rye.')],
    [user('I bought a fern.', true), assistant('Nice.'), user('It is green.', false)],
    [assistant('Hello.'), user('I bought a cactus.', true)],
    [user('What about plants?', false), assistant('You bought a palm.')],
  ],
};

describe('a haystack of LongMemEval', () => {
  it('holds what the user said in each session', () => {
    expect(toHaystack(QUESTION, 'session')).toEqual([
      {
        key: 'session/1',
        text: 'I baked bread. With rye.',
        id: 'chat_7',
        session: 'chat_7',
        isEvidence: false,
      },
      {
        key: 'session/2',
        text: 'I bought a fern. It is green.',
        id: 'answer_p_1',
        session: 'answer_p_1',
        isEvidence: true,
      },
      {
        key: 'session/3',
        text: 'I bought a cactus.',
        id: 'answer_p_2',
        session: 'answer_p_2',
        isEvidence: true,
      },
      // Only the assistant said the answer.
      {
        key: 'session/4',
        text: 'What about plants?',
        id: 'noans_p_3',
        session: 'noans_p_3',
        isEvidence: false,
      },
    ]);
  });

  it('holds each turn of the user, numbered among all turns', () => {
    const turns = toHaystack(QUESTION, 'turn');
    expect(turns.map(({ key, id, session }) => [key, id, session])).toEqual([
      ['session/1/turn/1', 'chat_7_1', 'chat_7'],
      ['session/1/turn/3', 'chat_7_3', 'chat_7'],
      ['session/2/turn/1', 'answer_p_1_1', 'answer_p_1'],
      ['session/2/turn/3', 'noans_p_1_3', 'noans_p_1'],
      ['session/3/turn/2', 'answer_p_2_2', 'answer_p_2'],
      ['session/4/turn/1', 'noans_p_3_1', 'noans_p_3'],
    ]);
    expect(turns.filter(({ isEvidence }) => isEvidence).map(({ text }) => text)).toEqual([
      'I bought a fern.',
      'I bought a cactus.',
    ]);
  });

  it('tells no retriever by its keys where the answer is', () => {
    const keys = [...toHaystack(QUESTION, 'turn'), ...toHaystack(QUESTION, 'session')];
    expect(keys.filter(({ key }) => /answer|noans/.test(key))).toEqual([]);
  });
});

describe('scores of LongMemEval', () => {
  const turns = toHaystack(QUESTION, 'turn');
  const ranked = (...places: readonly number[]) => ({
    found: places.flatMap((place) => turns[place] ?? []),
    all: turns,
  });

  // Turns by their places: 2 and 4 are evidence; 0 and 1 are of one session.
  it.each([
    { found: [2, 4], k: 1, any: 1, all: 0, ndcg: 1 },
    { found: [2, 4], k: 3, any: 1, all: 1, ndcg: 1 },
    { found: [0, 2, 3, 4], k: 3, any: 1, all: 0, ndcg: 0.5 },
    { found: [0, 2, 3, 4], k: 5, any: 1, all: 1, ndcg: (1 + 0.5) / 2 },
    { found: [0, 1], k: 5, any: 0, all: 0, ndcg: 0 },
    { found: [], k: 5, any: 0, all: 0, ndcg: 0 },
  ])('of the turns $found at $k', ({ found, k, any, all, ndcg }) => {
    expect(scoreDocuments(ranked(...found), k)).toEqual({
      recallAny: any,
      recallAll: all,
      ndcgAny: ndcg,
    });
  });

  it.each([
    // Turns 0 and 1 are one session, so the first two sessions end at the third turn.
    { found: [0, 1, 2, 4], k: 2, any: 1, all: 0, ndcg: 1 / Math.log2(3) / 2 },
    { found: [0, 1, 2, 4], k: 3, any: 1, all: 1, ndcg: (1 / Math.log2(3) + 0.5) / 2 },
    // The other turn of an evidence session is a session of its own.
    { found: [3, 2], k: 1, any: 0, all: 0, ndcg: 0 },
    { found: [3, 2], k: 2, any: 1, all: 0, ndcg: 0.5 },
    // Fewer sessions than k were found: all that was found counts.
    { found: [0, 1, 2], k: 3, any: 1, all: 0, ndcg: 1 / Math.log2(3) / 2 },
  ])('of the sessions of the turns $found at $k', ({ found, k, any, all, ndcg }) => {
    const score = scoreSessions(ranked(...found), k);
    expect(score).toMatchObject({ recallAny: any, recallAll: all });
    expect(score.ndcgAny).toBeCloseTo(ndcg, 12);
  });
});
