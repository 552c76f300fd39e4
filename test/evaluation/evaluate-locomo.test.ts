import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { engineConfigSchema } from '../../src/engine/index.ts';
import { evaluateLocomo } from '../../src/evaluation/evaluate-locomo.ts';
import { evaluationOptions } from '../../src/evaluation/evaluation-store.ts';
import { readLocomoDataset } from '../../src/evaluation/locomo-dataset.ts';
import { makeTestFolder } from '../support/open-test-engine.ts';
import { LOCOMO_SAMPLE } from './locomo-sample.ts';

it('asks the default embedder when it measures hybrid and semantic recall', async () => {
  const path = join(await makeTestFolder(), 'locomo.json');
  writeFileSync(path, JSON.stringify(LOCOMO_SAMPLE));
  const conversations = await readLocomoDataset(path, null);
  const options = evaluationOptions(engineConfigSchema.parse({}), undefined);
  const progress: string[] = [];
  for (const mode of ['HYBRID', 'SEMANTIC'] as const) {
    const { results } = await evaluateLocomo(
      conversations,
      { granularity: 'turn', scope: 'corpus', mode, limit: 10 },
      options,
      { onProgress: (done, total) => progress.push(`${done}/${total}`) },
    );
    expect(results.map(({ servedMode, degraded }) => [servedMode, degraded])).toEqual(
      Array.from({ length: 6 }, () => [mode, false]),
    );
    // Vectors are near to everything, so even what nobody spoke of finds something.
    expect(results.find(({ question }) => question === 'Zebra?')?.found).not.toEqual([]);
  }
  expect(progress).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6].map((done) => `${done}/6`));
});
