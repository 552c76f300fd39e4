import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocomoReport, LocomoResult } from '../../src/evaluation/locomo-report.ts';
import type { LongMemEvalReport } from '../../src/evaluation/longmemeval-report.ts';
import { LOCOMO_SAMPLE } from '../evaluation/locomo-sample.ts';
import { Cli } from './cli.ts';

const cli = new Cli();
afterAll(() => cli.remove());

/** Text alone, whatever embedder is the default. */
const TEXT = ['--mode', 'text', '--embedder', 'none'];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The temporary databases of a run lie here, so that a test sees whether they are gone. */
const temporaryFolder = (): string => mkdtempSync(join(directory, 'temporary-'));

function write(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

async function evaluate<Report>(...args: readonly string[]): Promise<Report> {
  const temporary = temporaryFolder();
  const result = await cli.run(['eval', ...args, '--json'], { TMPDIR: temporary });
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout.indexOf('\n')).toBe(result.stdout.length - 1);
  expect(readdirSync(temporary).filter((name) => name.startsWith('trinitas-'))).toEqual([]);
  return JSON.parse(result.stdout) as Report;
}

function readResults(path: string): readonly LocomoResult[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as LocomoResult);
}

describe('trinitas eval locomo', () => {
  it('measures recall of turns in one line of JSON', async () => {
    const file = write('small.json', LOCOMO_SAMPLE);
    const report = await evaluate<LocomoReport>('locomo', file, ...TEXT);
    // Found at once: kite, heron, lighthouse. Norway and the bakery are two memories; nobody spoke of a zebra.
    expect(report).toMatchObject({
      questions: 5,
      recallAt: { 1: 0.7, 5: 0.8, 10: 0.8, 25: 0.8 },
      anyAt: { 1: 0.8, 5: 0.8, 10: 0.8, 25: 0.8 },
      mrr: 0.8,
      byCategory: {
        'multi-hop': { questions: 1, recallAt: { 1: 0.5, 5: 1 }, anyAt: { 1: 1 }, mrr: 1 },
        temporal: { questions: 1, recallAt: { 1: 1 } },
        'open-domain': { questions: 1, recallAt: { 25: 0 }, anyAt: { 25: 0 }, mrr: 0 },
        'single-hop': { questions: 2, recallAt: { 1: 1 } },
      },
      adversarial: { questions: 1, recallAt: { 1: 1 } },
      withoutEvidence: 2,
      memories: 6,
      failedMemories: 0,
      servedModes: { TEXT: 6 },
      degraded: 0,
      settings: {
        dataset: 'small.json',
        granularity: 'turn',
        scope: 'conversation',
        mode: 'TEXT',
        conversations: ['conv-1', 'conv-2'],
        limit: 25,
      },
    });
    expect(report.p50Ms).toBeGreaterThan(0);
    expect(report.p95Ms).toBeGreaterThanOrEqual(report.p50Ms);
  });

  it('measures recall of sessions', async () => {
    const file = write('small.json', LOCOMO_SAMPLE);
    const saved = join(directory, 'results.jsonl');
    const report = await evaluate<LocomoReport>(
      ...['locomo', file, ...TEXT, '--granularity', 'session'],
      ...['--conversations', 'conv-1', '--limit', '5', '--save', saved],
    );
    expect(report).toMatchObject({ questions: 4, memories: 2 });
    expect(report.recallAt).toEqual({ 1: 0.625, 5: 0.75 });
    expect(report.settings.conversations).toEqual(['conv-1']);
    expect(readResults(saved)).toMatchObject([
      {
        conversation: 'conv-1',
        question: 'Which kite?',
        category: 'single-hop',
        evidence: ['conv-1/session_1'],
        found: ['conv-1/session_1'],
        servedMode: 'TEXT',
      },
      { evidence: ['conv-1/session_1', 'conv-1/session_2'] },
      { evidence: ['conv-1/session_2'], found: ['conv-1/session_2'] },
      { question: 'Zebra?', found: [] },
      { category: 'adversarial' },
    ]);
  });

  it('searches each conversation alone or all together', async () => {
    const file = write('small.json', LOCOMO_SAMPLE);
    const kitesFound = async (scope: string): Promise<readonly string[]> => {
      const saved = join(directory, `${scope}.jsonl`);
      await evaluate('locomo', file, ...TEXT, '--scope', scope, '--save', saved);
      return readResults(saved).find(({ question }) => question === 'Which kite?')?.found ?? [];
    };
    expect(await kitesFound('conversation')).not.toContain('conv-2/D1:2');
    expect(await kitesFound('corpus')).toEqual(
      expect.arrayContaining(['conv-1/D1:1', 'conv-2/D1:2']),
    );
  });

  it('has no figures of categories without questions', async () => {
    const file = write('small.json', LOCOMO_SAMPLE.slice(1));
    const report = await evaluate<LocomoReport>('locomo', file, ...TEXT);
    expect(Object.keys(report.byCategory)).toEqual(['single-hop']);
    expect(report.adversarial).toBeNull();
  });

  it('shows a table to people', async () => {
    const file = write('small.json', LOCOMO_SAMPLE);
    const { code, stdout } = await cli.run(['eval', 'locomo', file, ...TEXT]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^categories 1-4 +5 +70\.0 +80\.0 +80\.0 +80\.0/m);
    expect(stdout).toMatch(/^ {2}open-domain +1 +0\.0/m);
    expect(stdout).toMatch(/2 questions without evidence left out/);
  });

  it('stops at Ctrl-C without a result and without traces', async () => {
    const questions = Array.from({ length: 20_000 }, (_, index) => ({
      question: `Which kite is number ${index}?`,
      category: 4,
      evidence: ['D1:1'],
    }));
    const file = write('long.json', [{ ...LOCOMO_SAMPLE[0], qa: questions }]);
    const temporary = temporaryFolder();
    const watcher = watch(temporary);
    const { child, result } = cli.start(['eval', 'locomo', file, ...TEXT], { TMPDIR: temporary });
    await once(watcher, 'change');
    watcher.close();
    child.kill('SIGINT');
    expect(await result).toMatchObject({ code: 130, stdout: '' });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('tells when another mode than the one asked for served', async () => {
    const file = write('small.json', LOCOMO_SAMPLE);
    const options = ['--mode', 'hybrid', '--embedder', '{"provider":"none"}'];
    const report = await evaluate<LocomoReport>('locomo', file, ...options);
    expect(report).toMatchObject({
      servedModes: { TEXT: 6 },
      settings: { mode: 'HYBRID', embedder: 'none' },
    });
    const { stdout } = await cli.run(['eval', 'locomo', file, ...options]);
    expect(stdout).toMatch(/asked for HYBRID, served by: TEXT 6$/m);
  });

  it('leaves the configured database alone', async () => {
    const file = write('small.json', LOCOMO_SAMPLE);
    const mine = join(directory, 'mine.db');
    const config = write('config.json', { memory: { sqlite_path: mine, cache_size: 50 } });
    await evaluate('locomo', file, ...TEXT, '--config', config);
    expect(readdirSync(directory)).not.toContain('mine.db');
  });

  it('tells of turns that cannot be stored', async () => {
    const broken = structuredClone(LOCOMO_SAMPLE);
    broken[1]?.conversation.session_1.push({ speaker: '', dia_id: 'D1:3', text: 'Who?' });
    const { code, stdout, stderr } = await cli.run([
      ...['eval', 'locomo', write('broken.json', broken), ...TEXT, '--json'],
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ questions: 5, memories: 6, failedMemories: 1 });
    expect(stderr).toMatch(/not stored: conv-2\/session_1 turn 3/);
  });

  it.each([
    ['an unknown conversation', ['--conversations', 'conv-1,conv-9'], /has no conversation conv-9/],
    ['too high a limit', ['--limit', '101'], /It must be 1 to 100/],
    ['an unknown mode', ['--mode', 'magic'], /magic/],
    ['an unknown granularity', ['--granularity', 'word'], /word/],
    ['an embedder that is not JSON', ['--embedder', '{provider'], /--embedder is not valid JSON/],
    ['an unknown embedder', ['--embedder', 'oracle-of-nowhere'], /embedder/],
    ['a place that cannot be written', ['--save', '/dev/null/results'], /cannot be written/],
  ])('refuses %s', async (_what, options, message) => {
    const file = write('small.json', LOCOMO_SAMPLE);
    const { code, stdout, stderr } = await cli.run(['eval', 'locomo', file, ...options]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it.each([
    ['a file that is not there', null, /cannot be read/],
    ['no list', { a: 1 }, /must hold/],
    ['no question', [{ ...LOCOMO_SAMPLE[0], qa: [] }], /no question of categories 1 to 4/],
  ])('refuses %s', async (_what, content, message) => {
    const file = content === null ? join(directory, 'none.json') : write('bad.json', content);
    const { code, stderr } = await cli.run(['eval', 'locomo', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

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
    const saved = join(directory, 'results.jsonl');
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
