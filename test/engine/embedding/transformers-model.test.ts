import { describe, expect, it } from 'vitest';
import {
  embedderConfigSchema,
  type TransformersConfig,
} from '../../../src/engine/embedding/embedder-config.ts';
import { TransformersEmbedder } from '../../../src/engine/embedding/transformers-embedder.ts';

/*
 * With a real model: TRINITAS_TRANSFORMERS_DIR names a directory whose node_modules hold @huggingface/transformers, and
 * TRINITAS_MODEL_DIR one with the MiniLM model and its q4 weights. Neither is part of the project.
 */
const packages = process.env['TRINITAS_TRANSFORMERS_DIR'] ?? '';
const model = process.env['TRINITAS_MODEL_DIR'] ?? '';
const missing = packages === '' || model === '';
if (missing) {
  console.info('skipped: set TRINITAS_TRANSFORMERS_DIR and TRINITAS_MODEL_DIR to run a real model');
}

type Vector = Float32Array | null | undefined;

function similarity(a: Vector, b: Vector): number {
  return [...(a ?? [])].reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0);
}

describe.skipIf(missing)('a real model', () => {
  it('finds what is meant, the same alone and in a batch', async () => {
    const config = embedderConfigSchema.parse({ provider: 'transformers', model, dtype: 'q4' });
    const embedder = new TransformersEmbedder(config as TransformersConfig, packages);
    const { signal } = new AbortController();
    const texts = [
      'She has played the violin since she was six.',
      'The server room was flooded last night and half of the machines have been lost to the water.',
      'He eats pizza.',
    ];
    try {
      const documents = await embedder.embed(texts, 'document', signal);
      expect(documents.map((vector) => vector?.length)).toEqual([384, 384, 384]);
      const queries = ['Which instrument does she know?', 'water damage in the data centre'];
      const [instrument, damage] = await embedder.embed(queries, 'query', signal);
      expect(similarity(instrument, documents[0])).toBeGreaterThan(
        similarity(instrument, documents[1]),
      );
      expect(similarity(damage, documents[1])).toBeGreaterThan(similarity(damage, documents[0]));
      const [alone] = await embedder.embed(texts.slice(2), 'document', signal);
      expect(similarity(alone, documents[2])).toBeCloseTo(1, 3);
    } finally {
      await embedder.close();
    }
  });
});
