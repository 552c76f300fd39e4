import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChromaEmbedder } from '../../../src/engine/embedding/chroma-embedder.ts';
import type { ChromaEmbeddingFunction } from '../../../src/engine/embedding/chroma-embedding-function.ts';
import { createEmbedder } from '../../../src/engine/embedding/create-embedder.ts';
import type { Embedder } from '../../../src/engine/embedding/embedder.ts';
import {
  type ChromaConfig,
  embedderConfigSchema,
} from '../../../src/engine/embedding/embedder-config.ts';
import { Gate } from '../../support/gate.ts';
import { caught } from './caught.ts';
import { PackageFolder } from './package-folder.ts';

const never = (): AbortSignal => new AbortController().signal;

const OPTIONS = { model: 'chroma/mine', batchSize: 2, timeoutMs: 3_600_000, secrets: ['s3cret'] };

function wrap(made: ChromaEmbeddingFunction, more = {}): ChromaEmbedder {
  return new ChromaEmbedder({ ...OPTIONS, ...more }, async () => made);
}

describe('an embedding function of Chroma', () => {
  it('is called in batches, for documents and queries apart', async () => {
    const calls: [string, string[]][] = [];
    const embedder = wrap({
      generate: async (texts) => {
        calls.push(['generate', texts]);
        return texts.map((text) => [text.length, 0]);
      },
      generateForQueries: async (texts) => {
        calls.push(['generateForQueries', texts]);
        return texts.map((text) => Float32Array.of(0, text.length));
      },
    });
    const documents = await embedder.embed(['a', '', 'bb', 'ccc'], 'document', never());
    expect(documents).toEqual([
      Float32Array.of(1, 0),
      null,
      Float32Array.of(1, 0),
      Float32Array.of(1, 0),
    ]);
    expect(await embedder.embed(['a'], 'query', never())).toEqual([Float32Array.of(0, 1)]);
    expect(calls).toEqual([
      ['generate', ['a', 'bb']],
      ['generate', ['ccc']],
      ['generateForQueries', ['a']],
    ]);
  });

  it('embeds queries like documents when it knows no difference', async () => {
    const embedder = wrap({ generate: async (texts) => texts.map(() => [2]) });
    expect(await embedder.embed(['a'], 'query', never())).toEqual([Float32Array.of(1)]);
  });

  it.each<[string, () => Promise<unknown>, string, boolean, RegExp]>([
    [
      'an error',
      () => Promise.reject(new Error('s3cret was refused for first')),
      'REFUSED',
      true,
      /failed: \[…\] was refused for \[…\]$/,
    ],
    ['an error that is a text', () => Promise.reject('bad'), 'REFUSED', true, /failed: bad$/],
    [
      'a wrong key',
      () => Promise.reject(Object.assign(new Error('no entry'), { status: 401 })),
      'REFUSED',
      false,
      /no entry$/,
    ],
    [
      'an overload',
      () => Promise.reject(Object.assign(new Error('busy'), { status_code: 429 })),
      'REFUSED',
      true,
      /busy$/,
    ],
    ['nothing', async () => undefined, 'ANSWER', false, /did not answer with a list/],
    ['a vector too few', async () => [[1]], 'ANSWER', false, /2 texts were answered with 1/],
    ['NaN', async () => [[1], [Number.NaN]], 'VECTOR', false, /text 1 holds a value/],
    [
      'sparse vectors',
      async () => [{ indices: [1] }, { indices: [2] }],
      'VECTOR',
      false,
      /not a list/,
    ],
  ])(
    'that answers with %s gives a clear error',
    async (_, generate, reason, retryable, message) => {
      const error = await caught(
        wrap({ generate }).embed(['first', 'second'], 'document', never()),
      );
      expect(error).toMatchObject({ retryable, data: { reason, embedder: 'chroma/mine' } });
      expect(error.message).toMatch(message);
      expect(error.cause).toBeUndefined();
    },
  );

  it('that hangs is given up after the timeout, on abort and on close', async () => {
    const hang = { generate: () => new Promise(() => {}) };
    const late = await caught(wrap(hang, { timeoutMs: 1 }).embed(['a'], 'query', never()));
    expect(late).toMatchObject({ retryable: true, data: { reason: 'TIMEOUT' } });
    const begun = new Gate();
    const embedder = wrap({
      generate: () => {
        begun.open();
        return new Promise(() => {});
      },
    });
    const controller = new AbortController();
    const aborted = embedder.embed(['a'], 'query', controller.signal);
    const closed = caught(embedder.embed(['a'], 'query', never()));
    await begun.opened;
    controller.abort(new Error('left'));
    await expect(aborted).rejects.toThrow('left');
    await embedder.close();
    expect((await closed).data).toMatchObject({ reason: 'CLOSED' });
    const after = await caught(embedder.embed(['a'], 'query', never()));
    expect(after.data).toMatchObject({ reason: 'CLOSED' });
  });

  it('is loaded once, and again after loading failed', async () => {
    let loads = 0;
    const embedder = new ChromaEmbedder(OPTIONS, async () => {
      loads++;
      if (loads === 1) throw new Error('first time');
      return { generate: async (texts) => texts.map(() => [1]) };
    });
    await expect(embedder.embed(['a'], 'query', never())).rejects.toThrow('first time');
    await Promise.all([
      embedder.embed(['a'], 'query', never()),
      embedder.embed(['b'], 'query', never()),
    ]);
    expect(loads).toBe(2);
  });
});

describe('a package on the disk', () => {
  let folder: PackageFolder;
  beforeEach(async () => {
    folder = await PackageFolder.create();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  function open(config: Partial<ChromaConfig> & { readonly package: string }): Embedder {
    const parsed = embedderConfigSchema.parse({ provider: 'chroma', ...config }) as ChromaConfig;
    return createEmbedder(parsed, { directory: folder.path, environment: {} });
  }
  const CLASS = `
    export class LengthEmbeddingFunction {
      name = 'length';
      constructor(config) {
        if (config.scale === undefined) throw new Error('scale is missing for ' + config.apiKey);
        this.scale = config.scale;
      }
      async generate(texts) { return texts.map((text) => [text.length * this.scale, 1]); }
    }
    export function helper() {}
    export const VERSION = 3;`;
  const [first] = [Float32Array.of(3 / Math.sqrt(10), 1 / Math.sqrt(10))];

  it('is imported by its name, its class found and given the configuration', async () => {
    await folder.install('@own/embed', CLASS);
    const embedder = open({ package: '@own/embed', config: { scale: 3 } });
    expect(await embedder.embed(['x'], 'document', never())).toEqual([first]);
  });

  it('is imported by its path, and may be CommonJS', async () => {
    await folder.write({ 'own/embed.mjs': CLASS });
    const byPath = open({ package: './own/embed.mjs', config: { scale: 3 } });
    expect(await byPath.embed(['x'], 'document', never())).toEqual([first]);
    const common = `const all = {}; all['LengthEmbeddingFunction'] = ${CLASS.slice(CLASS.indexOf('class'), CLASS.indexOf('export function'))}; module.exports = all;`;
    await folder.install('common', common, { type: 'commonjs' });
    const asCommon = open({ package: 'common', config: { scale: 3 } });
    expect(await asCommon.embed(['x'], 'document', never())).toEqual([first]);
  });

  it('may export several, of which one is named', async () => {
    await folder.install('two', `${CLASS} export class OtherEmbeddingFunction {}`);
    const error = await caught(open({ package: 'two' }).embed(['x'], 'document', never()));
    expect(error.message).toContain('several embedding functions: LengthEmbeddingFunction, Other');
    const named = open({ package: 'two', export: 'LengthEmbeddingFunction', config: { scale: 3 } });
    expect(await named.embed(['x'], 'document', never())).toEqual([first]);
  });

  it.each<[string, Partial<ChromaConfig> & { package: string }, RegExp, string | undefined]>([
    [
      'a missing package',
      { package: '@own/absent' },
      /is not installed$/,
      'npm install @own/absent',
    ],
    [
      'a missing path',
      { package: './absent.js' },
      /no module at this path$/,
      'Correct memory.embedder.package.',
    ],
    [
      'a broken module',
      { package: 'broken' },
      /could not be loaded: broken on purpose$/,
      undefined,
    ],
    ['a broken manifest', { package: 'mangled' }, /could not be loaded: /, undefined],
    [
      'no class',
      { package: 'plain' },
      /ends with EmbeddingFunction; there are: helper$/,
      'Set memory.embedder.export to a class.',
    ],
    [
      'another class',
      { package: 'own', export: 'Nope' },
      /no class Nope; there are: LengthEmbeddingFunction, helper$/,
      'Set memory.embedder.export to a class.',
    ],
    [
      'a class of another kind',
      { package: 'plain', export: 'helper' },
      /no method `generate`$/,
      'Set memory.embedder.export to a class.',
    ],
    [
      'a refused configuration',
      { package: 'own', config: { apiKey: 'very-secret' } },
      /refused memory.embedder.config: scale is missing for \[…\]$/,
      undefined,
    ],
  ])('with %s gives a clear error', async (_, config, message, remedy) => {
    await folder.install('own', CLASS);
    await folder.install('broken', `throw new Error('broken on purpose');`);
    await folder.install('plain', 'export function helper() {} export const x = 1;');
    await folder.write({ 'node_modules/mangled/package.json': '{' });
    const error = await caught(open(config).embed(['x'], 'document', never()));
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ retryable: false, data: { reason: 'MISSING' }, remedy });
  });
});
