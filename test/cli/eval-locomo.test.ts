import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LocomoReport, LocomoResult } from '../../src/evaluation/locomo-report.ts';
import { LOCOMO_SAMPLE } from '../evaluation/locomo-sample.ts';
import { TEXT, useEvaluationRuns } from './evaluation-runs.ts';

const { cli, at, write, temporaryFolder, evaluate } = useEvaluationRuns();

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
    const saved = at('results.jsonl');
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
      const saved = at(`${scope}.jsonl`);
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
    const mine = at('mine.db');
    const config = write('config.json', { memory: { sqlite_path: mine, cache_size: 50 } });
    await evaluate('locomo', file, ...TEXT, '--config', config);
    expect(existsSync(mine)).toBe(false);
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
    const file = content === null ? at('none.json') : write('bad.json', content);
    const { code, stderr } = await cli.run(['eval', 'locomo', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
