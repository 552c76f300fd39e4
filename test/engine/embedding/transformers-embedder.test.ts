import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  embedderConfigSchema,
  type TransformersConfig,
} from '../../../src/engine/embedding/embedder-config.ts';
import { TransformersEmbedder } from '../../../src/engine/embedding/transformers-embedder.ts';
import { caught } from './caught.ts';
import { PackageFolder } from './package-folder.ts';

/**
 * Stands for @huggingface/transformers: the vector of a text is its length, its place in the batch, the number of calls of
 * this thread and 1. Some texts misbehave. What it was loaded with is told by errors.
 */
const STAND_IN = `
  export const env = { allowRemoteModels: true, localModelPath: '/models/', cacheDir: 'own' };
  let calls = 0;
  export async function pipeline(task, model, options) {
    if (model === 'unloadable') throw new Error('no weights for ' + JSON.stringify({ task, env, options }));
    if (model === 'slow') await new Promise(() => {});
    return async (texts, settings) => {
      calls++;
      if (texts.includes('exit')) process.exit(3);
      if (texts.includes('crash')) setImmediate(() => { throw new Error('fell over with my secret diary'); });
      if (texts.includes('crash') || texts.includes('hang')) await new Promise(() => {});
      if (texts.includes('fail')) throw new Error('cannot run ' + texts.join());
      if (texts.includes('wrong')) return { data: new Int8Array(4), dims: [1, 4] };
      if (texts.includes('settings')) throw new Error(JSON.stringify(settings));
      const rows = texts.map((text, at) => [text.length, at, calls, 1]);
      return { data: Float32Array.from(rows.flat()), dims: [texts.length, 4] };
    };
  }`;

const never = (): AbortSignal => new AbortController().signal;
let folder: PackageFolder;
const opened: TransformersEmbedder[] = [];
beforeEach(async () => {
  folder = await PackageFolder.create();
});
afterEach(async () => {
  for (const embedder of opened.splice(0)) await embedder.close();
  await folder[Symbol.asyncDispose]();
});

async function start(more: object = {}): Promise<TransformersEmbedder> {
  await folder.install('@huggingface/transformers', STAND_IN);
  return open({ model: 'owner/name', ...more });
}

function open(more: object): TransformersEmbedder {
  const config = embedderConfigSchema.parse({ provider: 'transformers', ...more });
  const embedder = new TransformersEmbedder(config as TransformersConfig, folder.path);
  opened.push(embedder);
  return embedder;
}

/** What the stand-in answered before it was scaled to unit length: the last number was 1. */
function rows(vectors: readonly (Float32Array | null)[]): readonly (readonly number[] | null)[] {
  return vectors.map(
    (vector) => vector && [...vector].map((value) => Math.round(value / (vector[3] ?? 0))),
  );
}

describe('a thread with a model', () => {
  it('embeds texts of like length together and answers in order', async () => {
    const embedder = await start({ batch_size: 2, document_prefix: '>' });
    const vectors = await embedder.embed(['ccc', '', 'a', 'dddd', 'bb'], 'document', never());
    expect(rows(vectors)).toEqual([[4, 0, 2, 1], null, [2, 0, 1, 1], [5, 1, 2, 1], [3, 1, 1, 1]]);
  });

  it('is told how to pool, and is not started twice by calls at one time', async () => {
    const embedder = await start({ pooling: 'cls' });
    const error = await caught(embedder.embed(['settings'], 'query', never()));
    expect(error.message).toContain('{"pooling":"cls","normalize":false}');
    const both = await Promise.all([
      embedder.embed(['a'], 'query', never()),
      embedder.embed(['a'], 'query', never()),
    ]);
    expect(both.map((vectors) => rows(vectors)[0]?.[2])).toEqual([2, 3]);
  });

  it('runs queries before documents that wait', async () => {
    const embedder = await start({ batch_size: 1 });
    const documents = embedder.embed(['a', 'b', 'c'], 'document', never());
    const others = embedder.embed(['d'], 'document', never());
    const query = embedder.embed(['q'], 'query', never());
    const orders = [await documents, await others, await query].map((vectors) =>
      rows(vectors).map((row) => row?.[2]),
    );
    expect(orders).toEqual([[1, 4, 5], [3], [2]]);
  });

  it.each([
    ['the hub', {}, { allowRemoteModels: true, localModelPath: '/models/', cacheDir: 'own' }],
    [
      'the hub without downloads',
      { allow_download: false, cache_directory: 'kept' },
      { allowRemoteModels: false, localModelPath: '/models/', cacheDir: 'ROOT/kept/' },
    ],
    [
      'a directory',
      { model: './models/unloadable' },
      { allowRemoteModels: false, localModelPath: 'ROOT/models/', cacheDir: 'own' },
    ],
  ])('takes its model from %s', async (_, more, env) => {
    await folder.write({ 'models/unloadable/config.json': '{}' });
    const embedder = await start({ model: 'unloadable', dtype: 'q4', threads: 2, ...more });
    const error = await caught(embedder.embed(['a'], 'query', never()));
    const told = JSON.parse(error.message.slice(error.message.indexOf('{')));
    const expected = JSON.parse(JSON.stringify(env).replaceAll('ROOT', folder.path));
    expect(told).toEqual({
      task: 'feature-extraction',
      env: expected,
      options: { dtype: 'q4', session_options: { intraOpNumThreads: 2, interOpNumThreads: 1 } },
    });
    const downloads = env.allowRemoteModels;
    expect(error.retryable).toBe(downloads);
    expect(error.data).toMatchObject({ reason: downloads ? 'UNREACHABLE' : 'MISSING' });
  });
});

describe('a thread that dies', () => {
  it.each(['exit', 'crash'])(
    'by %s fails its batch alone; the next call starts another',
    async (how) => {
      const embedder = await start();
      await embedder.embed(['a'], 'query', never());
      const dying = caught(embedder.embed([how, 'my secret diary'], 'query', never()));
      const waiting = embedder.embed(['a'], 'query', never());
      const error = await dying;
      expect(error).toMatchObject({ retryable: true, data: { reason: 'THREAD' } });
      expect(error.message).toMatch(how === 'exit' ? /died$/ : /died: fell over with \[…\]$/);
      expect(rows(await waiting)).toEqual([[1, 0, 1, 1]]);
      expect(rows(await embedder.embed(['a'], 'query', never()))).toEqual([[1, 0, 2, 1]]);
    },
  );

  it('because it hangs is ended after the timeout', async () => {
    const embedder = await start({ timeout: 1 });
    const error = await caught(embedder.embed(['hang'], 'query', never()));
    expect(error).toMatchObject({ retryable: true, data: { reason: 'TIMEOUT' } });
    expect(rows(await embedder.embed(['a'], 'query', never()))).toEqual([[1, 0, 1, 1]]);
    const slow = open({ model: 'slow', load_timeout: 0.5 });
    const notLoaded = await caught(slow.embed(['a'], 'query', never()));
    expect(notLoaded.message).toMatch(/the model was not loaded within 0.5 s$/);
  });
});

describe('a batch', () => {
  it('that fails leaves the thread alive and quotes no text', async () => {
    const embedder = await start();
    const failed = caught(embedder.embed(['fail', 'private'], 'document', never()));
    const wrong = caught(embedder.embed(['wrong'], 'document', never()));
    expect((await failed).message).toMatch(/cannot run \[…\],\[…\]$/);
    expect((await wrong).message).toMatch(/other than float32$/);
    expect(rows(await embedder.embed(['a'], 'query', never()))).toEqual([[1, 0, 3, 1]]);
  });

  it('is withdrawn by its caller before it runs, and left behind while it runs', async () => {
    const embedder = await start();
    await embedder.embed(['a'], 'query', never());
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = embedder.embed(['a'], 'query', running.signal);
    const second = embedder.embed(['a'], 'query', waiting.signal);
    const third = embedder.embed(['a'], 'query', never());
    waiting.abort(new Error('second left'));
    running.abort(new Error('first left'));
    await expect(first).rejects.toThrow('first left');
    await expect(second).rejects.toThrow('second left');
    expect(rows(await third)).toEqual([[1, 0, 3, 1]]);
  });

  it('ends with close, also when it waits or comes later', async () => {
    const embedder = await start();
    const calls = [1, 2].map(() => caught(embedder.embed(['hang'], 'query', never())));
    await embedder.close();
    await embedder.close();
    calls.push(caught(embedder.embed(['a'], 'query', never())));
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ retryable: false, data: { reason: 'CLOSED' } });
    }
  });
});

describe('what is missing', () => {
  it('is named: the package, until it is installed', async () => {
    const embedder = open({ model: 'owner/name' });
    const error = await caught(embedder.embed(['a'], 'query', never()));
    expect(error).toMatchObject({
      code: 'PARTICIPANT_UNAVAILABLE',
      retryable: false,
      data: { reason: 'MISSING' },
      remedy: 'npm install @huggingface/transformers',
    });
    await folder.install('@huggingface/transformers', STAND_IN);
    expect(rows(await embedder.embed(['a'], 'query', never()))).toEqual([[1, 0, 1, 1]]);
  });

  it('is named: the directory, or a package that does not load', async () => {
    const embedder = await start({ model: './models/none' });
    const error = await caught(embedder.embed(['a'], 'query', never()));
    expect(error.message).toMatch(/there is no directory .*models\/none$/);
    expect(error.retryable).toBe(false);
    await folder.install('@huggingface/transformers', `throw new Error('no binary');`);
    const broken = open({ model: './' });
    const unusable = await caught(broken.embed(['a'], 'query', never()));
    expect(unusable.message).toMatch(/could not be loaded: no binary$/);
    expect(unusable.retryable).toBe(false);
  });
});
