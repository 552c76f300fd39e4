import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toJsonLine } from '../../src/engine/transfer/jsonl.ts';
import { makeV4File } from '../engine/transfer/make-v4-file.ts';
import { Cli } from './cli.ts';

const cli = new Cli();
afterAll(() => cli.remove());

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (name: string): string => join(directory, name);
const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');

const jsonLine = (key: string): string =>
  toJsonLine({
    key,
    valueText: '9007199254740993',
    metadataText: '{"ratio":1.10}',
    tags: ['b', 'a'],
    section: 'semantic_memory',
    persona: 'athena',
    importance: 0.25,
    createdAt: 1_700_000_000_001,
    updatedAt: 1_700_000_000_002,
    accessedAt: 1_700_000_000_003,
    accessCount: 4,
    expiresAt: 4_102_444_800_000,
  });

const V4_ROWS = [
  {
    key: '鍵 🗝',
    value: '"値 🦊"',
    metadata: '{"tags":["x"]}',
    section: 'semantic_memory',
    persona: "o'brien",
    importance: 0.25,
    access_count: 3,
  },
  { key: 'null_value', value: 'null', metadata: '{}', section: 'working_memory' },
  { key: 'empty_value', value: '""', metadata: null, section: null },
  {
    key: 'big',
    value: '9007199254740993',
    metadata: '{"section":"cache"}',
    section: 'working_memory',
  },
  {
    key: `quote'"key 100% _like_`,
    value: String.raw`"it's \"quoted\""`,
    metadata: '{}',
    section: 'cache',
  },
];

describe('trinitas import and export', () => {
  it('carry a v4 file over exactly, once', async () => {
    makeV4File(at('old.db'), V4_ROWS);
    const args = ['import', at('old.db'), '--format', 'trinitas-v4', '--db', at('my.db'), '--json'];
    const first = await cli.run(args);
    expect(first).toEqual({
      code: 0,
      stdout: '{"read":5,"imported":5,"skipped":0,"failed":0}\n',
      stderr: '',
    });
    const { stdout: before } = await cli.run(['export', '--db', at('my.db')]);

    const second = await cli.run(args);
    expect(second).toEqual({
      code: 0,
      stdout: '{"read":5,"imported":0,"skipped":5,"failed":0}\n',
      stderr: '',
    });
    const { stdout: after } = await cli.run(['export', '--db', at('my.db')]);
    expect(after).toBe(before);

    const memories = linesOf(before).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(memories.map((memory) => memory['key'])).toEqual(
      V4_ROWS.map((row) => row.key).toSorted(),
    );
    expect(memories.find((memory) => memory['key'] === '鍵 🗝')).toMatchObject({
      value: '値 🦊',
      persona: "o'brien",
      importance: 0.25,
      accessCount: 3,
      tags: ['x'],
      section: 'semantic_memory',
    });
    expect(before).toContain('"value":9007199254740993}');
  });

  it('tell of the rows that fail and import the others', async () => {
    makeV4File(at('old.db'), [
      ...V4_ROWS,
      { key: 'bad', value: 'no JSON' },
      { key: 'worse', value: '1', section: 'dreams' },
    ]);
    const { code, stdout, stderr } = await cli.run([
      'import',
      at('old.db'),
      '--format',
      'trinitas-v4',
      '--db',
      at('my.db'),
      '--json',
    ]);
    expect(code).toBe(1);
    expect(stdout).toBe('{"read":7,"imported":5,"skipped":0,"failed":2}\n');
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^failed: bad: value: is not valid JSON/),
      'failed: worse: section: "dreams" is no section',
    ]);
  });

  it('tell of a memory that the engine refuses', async () => {
    writeFileSync(at('in.jsonl'), `${jsonLine('good')}${jsonLine('x'.repeat(600))}`);
    const { code, stdout, stderr } = await cli.run([
      'import',
      at('in.jsonl'),
      '--format',
      'jsonl',
      '--db',
      at('my.db'),
      '--json',
    ]);
    expect(code).toBe(1);
    expect(stdout).toBe('{"read":2,"imported":1,"skipped":0,"failed":1}\n');
    expect(stderr).toMatch(/^failed: x{600}: .*512 bytes/);
  });

  it('give the same bytes after export, import into another database and export', async () => {
    writeFileSync(at('in.jsonl'), ['b', 'a', 'é', '🦊', 'Z'].map(jsonLine).join(''));
    for (const db of ['one.db', 'two.db']) {
      const source = db === 'one.db' ? 'in.jsonl' : 'one.jsonl';
      const imported = await cli.run(['import', at(source), '--format', 'jsonl', '--db', at(db)]);
      expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining('5 imported') });
      const exported = await cli.run([
        'export',
        at(db.replace('.db', '.jsonl')),
        '--db',
        at(db),
        '--json',
      ]);
      expect(exported).toEqual({ code: 0, stdout: '{"written":5}\n', stderr: '' });
    }
    const bytes = readFileSync(at('one.jsonl'), 'utf8');
    expect(readFileSync(at('two.jsonl'), 'utf8')).toBe(bytes);
    expect(linesOf(bytes).map((line) => `${line}\n`)).toEqual(
      ['Z', 'a', 'b', 'é', '🦊'].map(jsonLine),
    );
    expect(readdirSync(directory).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('read LoCoMo into a namespace of its own and select what to export', async () => {
    const turn = (id: string, speaker: string) => ({
      dia_id: id,
      speaker,
      text: `I am ${speaker}`,
    });
    writeFileSync(
      at('locomo.json'),
      JSON.stringify([
        {
          sample_id: 'conv-1',
          conversation: {
            session_1_date_time: '1:56 pm on 8 May, 2023',
            session_1: [turn('D1:1', 'Ann'), turn('D1:2', 'Ben')],
          },
        },
      ]),
    );
    const database = ['--db', at('my.db')];
    const imported = await cli.run([
      'import',
      at('locomo.json'),
      '--format',
      'locomo',
      ...database,
      '--namespace',
      'study',
      '--json',
    ]);
    expect(imported.stdout).toBe('{"read":2,"imported":2,"skipped":0,"failed":0}\n');

    const select = (...args: string[]) => cli.run(['export', ...database, ...args]);
    expect((await select()).stdout).toBe('');
    const study = await select(
      '--namespace',
      'study',
      '--section',
      'episodic_memory',
      '--where',
      '{"persona":{"eq":"Ben"}}',
    );
    expect(linesOf(study.stdout)).toHaveLength(1);
    expect(JSON.parse(study.stdout)).toMatchObject({
      key: 'conv-1/D1:2',
      persona: 'Ben',
      createdAt: '2023-05-08T13:56:00.000Z',
      value: { text: 'I am Ben' },
      metadata: { sessionDate: '1:56 pm on 8 May, 2023', position: 10_002 },
    });
    expect((await select('--namespace', 'study', '--section', 'cache')).stdout).toBe('');
  });

  it('stop cleanly at Ctrl-C: what was read is stored and counted', async () => {
    expect(spawnSync('mkfifo', [at('pipe')]).status).toBe(0);
    const process = cli.start([
      'import',
      at('pipe'),
      '--format',
      'jsonl',
      '--db',
      at('my.db'),
      '--json',
    ]);
    const pipe = await open(at('pipe'), 'w');
    await pipe.write(jsonLine('one'));
    process.child.kill('SIGINT');
    await process.said('Stopping');
    await pipe.write(jsonLine('two'));
    await pipe.close();
    const { code, stdout } = await process.result;
    expect(code).toBe(130);
    const counts = JSON.parse(stdout) as { read: number; imported: number };
    const exported = await cli.run(['export', '--db', at('my.db')]);
    expect(counts.imported).toBe(counts.read);
    expect(linesOf(exported.stdout).filter((line) => line !== '')).toHaveLength(counts.imported);
  });
});

describe('a command that cannot work', () => {
  it.each<[string, readonly string[], string]>([
    [
      'an unknown format',
      ['import', 'x', '--format', 'csv'],
      "argument 'csv' is invalid. Allowed choices are trinitas-v4, locomo, jsonl.",
    ],
    [
      'a missing file',
      ['import', 'DIR/none', '--format', 'jsonl', '--db', 'DIR/my.db'],
      'none cannot be read',
    ],
    [
      'a file of another format',
      ['import', 'DIR/file.txt', '--format', 'trinitas-v4', '--db', 'DIR/my.db'],
      'is not an SQLite database',
    ],
    ['a missing database', ['export', '--db', 'DIR/my.db'], 'there is no database'],
    [
      'a filter that is no JSON',
      ['export', '--db', 'DIR/my.db', '--where', '{'],
      '--where is not valid JSON',
    ],
    [
      'a port that is no number',
      ['serve', '--port', 'x'],
      "argument 'x' is invalid. It must be a whole number.",
    ],
    ['an unknown option', ['status', '--nope'], "unknown option '--nope'"],
    ['a bad configuration', ['status', '--config', 'DIR/none.yaml'], 'none.yaml: cannot be read'],
  ])('because of %s ends with code 2 and leaves nothing behind', async (_name, args, message) => {
    writeFileSync(at('file.txt'), 'text\n'.repeat(1000));
    const { code, stdout, stderr } = await cli.run(
      args.map((arg) => arg.replace('DIR', directory)),
    );
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(existsSync(at('my.db'))).toBe(false);
  });

  it('names every bad key of the environment', async () => {
    const { code, stderr } = await cli.run(['status'], {
      TRINITAS_SERVER__PORT: 'x',
      TRINITAS_NOPE: '1',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('2 things are wrong');
    expect(stderr).toContain('server.port');
    expect(stderr).toContain('TRINITAS_NOPE');
  });
});
