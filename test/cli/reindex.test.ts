import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineConfigInput } from '../../src/engine/index.ts';
import { toJsonLine } from '../../src/engine/transfer/jsonl.ts';
import { send } from '../engine/embedding/openai-test-server.ts';
import { startEmbeddingServer } from '../support/start-embedding-server.ts';
import { Cli, type CliResult } from './cli.ts';

/** Two batches of the worker. */
const COUNT = 70;
const TIME = 1_700_000_000_000;

const cli = new Cli();
afterAll(() => cli.remove());

let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-cli-'));
  writeFileSync(
    at('facts.jsonl'),
    Array.from({ length: COUNT }, (_, index) =>
      toJsonLine({
        key: `fact-${index}`,
        valueText: JSON.stringify(`fact number ${index} about owls`),
        metadataText: '{}',
        tags: [],
        section: 'semantic_memory',
        persona: null,
        importance: 0.5,
        createdAt: TIME,
        updatedAt: TIME,
        accessedAt: TIME,
        accessCount: 0,
        expiresAt: null,
      }),
    ).join(''),
  );
  const imported = await cli.run([
    ...['import', at('facts.jsonl'), '--format', 'jsonl', '--db', at('my.db')],
    ...['--config', configFile('none.json', { embedder: { provider: 'none' } })],
  ]);
  expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining(`${COUNT} imported`) });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (name: string): string => join(directory, name);

function configFile(name: string, memory: EngineConfigInput['memory']): string {
  writeFileSync(at(name), JSON.stringify({ memory }));
  return at(name);
}

function lastJson({ stdout }: CliResult): unknown {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

describe('trinitas reindex', () => {
  it('makes the vectors that are missing, once', async () => {
    const args = ['reindex', '--target', 'vectors', '--db', at('my.db'), '--json'];
    const first = await cli.run(args);
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    const model = expect.stringMatching(/^static\//);
    expect(lastJson(first)).toEqual({
      target: 'vectors',
      done: COUNT,
      total: COUNT,
      failed: 0,
      model,
    });
    const status = await cli.run(['status', '--db', at('my.db')]);
    expect(status.stdout).toMatch(new RegExp(`vectors +static/.*, ${COUNT} ready\n`));
    const again = await cli.run(args);
    expect(again.code).toBe(0);
    expect(lastJson(again)).toMatchObject({ done: 0, total: 0, failed: 0 });
    const told = await cli.run(['reindex', '--db', at('my.db')]);
    expect(told.stdout).toMatch(/^vectors of static\/.*: 0 of 0 memories done, 0 failed\n$/);
  });

  it('stops cleanly at Ctrl-C and goes on where it was', async () => {
    const { memory, server, release } = await startEmbeddingServer({ held: true });
    const args = [
      ...['reindex', '--db', at('my.db'), '--json'],
      ...['--config', configFile('slow.json', memory)],
    ];
    const process = cli.start(args);
    await expect.poll(() => server.calls.length).toBeGreaterThan(0);
    process.child.kill('SIGINT');
    await process.said('Stopping');
    const stopped = await process.result;
    expect(stopped.code).toBe(130);
    expect(lastJson(stopped)).toMatchObject({ done: 0, total: COUNT, failed: 0 });
    release();
    const resumed = await cli.run(args);
    expect(resumed.code).toBe(0);
    expect(lastJson(resumed)).toMatchObject({ done: COUNT, total: COUNT, failed: 0 });
  });

  it('counts the texts that cannot be embedded, does the others and ends with 1', async () => {
    const { memory } = await startEmbeddingServer({
      answer: ({ body }, response) =>
        send(response, 200, {
          data: body.input.map((text, index) => ({
            index,
            embedding: /number (?:3|68) /.test(text) ? [0, 0, 0] : [1, 2, 3],
          })),
        }),
    });
    const config = ['--config', configFile('some.json', memory)];
    const result = await cli.run(['reindex', '--db', at('my.db'), '--json', ...config]);
    expect(result.code).toBe(1);
    expect(lastJson(result)).toMatchObject({ done: COUNT, total: COUNT, failed: 2 });
    const status = await cli.run(['status', '--db', at('my.db'), '--json', ...config]);
    expect(lastJson(status)).toMatchObject({ embedding: { memories: COUNT, ready: COUNT - 2 } });
  });

  it('tells why the embedder cannot be reached', async () => {
    const { memory, server } = await startEmbeddingServer();
    await server.close();
    const config = ['--config', configFile('down.json', memory)];
    const result = await cli.run(['reindex', '--db', at('my.db'), '--json', ...config]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/ECONNREFUSED/);
    expect(lastJson(result)).toMatchObject({ done: 0, total: COUNT });
  });

  it('refuses unknown targets, missing databases and a configuration without an embedder', async () => {
    const target = await cli.run(['reindex', '--db', at('my.db'), '--target', 'words']);
    expect(target.code).toBe(2);
    expect(target.stderr).toMatch(/'words' is invalid.*vectors/s);
    const database = await cli.run(['reindex', '--db', at('none.db')]);
    expect(database).toMatchObject({ code: 2, stderr: expect.stringContaining('no database') });
    const embedder = await cli.run([
      ...['reindex', '--db', at('my.db'), '--config', at('none.json')],
    ]);
    expect(embedder).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/no embedder is configured\nSet memory.embedder/),
    });
  });
});
