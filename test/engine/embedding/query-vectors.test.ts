import { describe, expect, it } from 'vitest';
import type { Embedder } from '../../../src/engine/embedding/embedder.ts';
import { QueryVectors } from '../../../src/engine/embedding/query-vectors.ts';

interface Call {
  readonly texts: readonly string[];
  readonly purpose: string;
  readonly signal: AbortSignal;
  readonly answer: (vector: Float32Array | null) => void;
  readonly fail: (error: Error) => void;
}

/** An embedder whose calls the test answers. */
class ManualEmbedder implements Embedder {
  readonly model = 'manual';
  readonly calls: Call[] = [];

  embed(
    texts: readonly string[],
    purpose: 'document' | 'query',
    signal: AbortSignal,
  ): Promise<readonly (Float32Array | null)[]> {
    return new Promise((resolve, reject) => {
      const answer = (vector: Float32Array | null): void => resolve([vector]);
      this.calls.push({ texts, purpose, signal, answer, fail: reject });
    });
  }

  async close(): Promise<void> {}

  call(at: number): Call {
    const call = this.calls[at];
    if (call === undefined) throw new Error(`there was no call ${at}`);
    return call;
  }
}

const never = (): AbortSignal => new AbortController().signal;
const VECTOR = Float32Array.of(1, 0);

function start(maxQueries?: number): { embedder: ManualEmbedder; vectors: QueryVectors } {
  const embedder = new ManualEmbedder();
  return { embedder, vectors: new QueryVectors(embedder, maxQueries) };
}

describe('vectors of queries', () => {
  it('are made once and kept by text', async () => {
    const { embedder, vectors } = start();
    const first = vectors.embed('tea', never());
    embedder.call(0).answer(VECTOR);
    expect(await first).toBe(VECTOR);
    expect(await vectors.embed('tea', never())).toBe(VECTOR);
    expect(embedder.calls).toHaveLength(1);
    expect(embedder.call(0)).toMatchObject({ texts: ['tea'], purpose: 'query' });
    expect(vectors.figures).toEqual({ size: 1, hits: 1, misses: 1 });
  });

  it('keep the null of a text without a vector', async () => {
    const { embedder, vectors } = start();
    const first = vectors.embed('…', never());
    embedder.call(0).answer(null);
    expect(await first).toBeNull();
    expect(await vectors.embed('…', never())).toBeNull();
    expect(embedder.calls).toHaveLength(1);
  });

  it('are shared by equal queries at one time', async () => {
    const { embedder, vectors } = start();
    const all = ['tea', 'tea', 'milk', 'tea'].map((text) => vectors.embed(text, never()));
    expect(embedder.calls.map(({ texts }) => texts)).toEqual([['tea'], ['milk']]);
    embedder.call(0).answer(VECTOR);
    embedder.call(1).answer(null);
    expect(await Promise.all(all)).toEqual([VECTOR, VECTOR, null, VECTOR]);
    expect(vectors.figures).toEqual({ size: 2, hits: 2, misses: 2 });
  });

  it('are asked for again after a failure, which everybody who waited learns', async () => {
    const { embedder, vectors } = start();
    const both = [vectors.embed('tea', never()), vectors.embed('tea', never())];
    embedder.call(0).fail(new Error('down'));
    for (const one of both) await expect(one).rejects.toThrow('down');
    const again = vectors.embed('tea', never());
    embedder.call(1).answer(VECTOR);
    expect(await again).toBe(VECTOR);
  });

  it('go on for the others when one caller leaves, and end when the last one leaves', async () => {
    const { embedder, vectors } = start();
    const [first, second] = [new AbortController(), new AbortController()];
    const one = vectors.embed('tea', first.signal);
    const two = vectors.embed('tea', second.signal);
    first.abort(new Error('first left'));
    await expect(one).rejects.toThrow('first left');
    expect(embedder.call(0).signal.aborted).toBe(false);
    second.abort(new Error('second left'));
    await expect(two).rejects.toThrow('second left');
    expect(embedder.call(0).signal.aborted).toBe(true);
    const late = vectors.embed('tea', never());
    embedder.call(0).fail(new Error('aborted'));
    embedder.call(1).answer(VECTOR);
    expect(await late).toBe(VECTOR);
    expect(await vectors.embed('tea', never())).toBe(VECTOR);
    expect(embedder.calls).toHaveLength(2);
  });

  it('are not asked for by a caller who has left already', async () => {
    const { embedder, vectors } = start();
    await expect(vectors.embed('tea', AbortSignal.abort(new Error('gone')))).rejects.toThrow(
      'gone',
    );
    expect(embedder.calls).toHaveLength(0);
  });

  it('are bounded: the one not asked for longest goes', async () => {
    const { embedder, vectors } = start(2);
    const ask = async (text: string): Promise<void> => {
      const before = embedder.calls.length;
      const asked = vectors.embed(text, never());
      if (embedder.calls.length > before) embedder.call(before).answer(VECTOR);
      await asked;
    };
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await ask(text);
    expect(embedder.calls.map(({ texts }) => texts[0])).toEqual(['a', 'b', 'c', 'b']);
    expect(vectors.figures.size).toBe(2);
  });

  it('are bounded in bytes too', async () => {
    const { embedder, vectors } = start();
    const large = new Float32Array(8_192).fill(1);
    for (let at = 0; at < 600; at++) {
      const asked = vectors.embed(`query ${at}`, never());
      embedder.call(at).answer(large);
      await asked;
    }
    expect(vectors.figures.size).toBeLessThanOrEqual(512);
    expect(vectors.figures.size).toBeGreaterThan(500);
  });
});
