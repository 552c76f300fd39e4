import { describe, expect, it } from 'vitest';
import type { Touch } from '../../src/engine/backends/backend.ts';
import { TouchBatcher } from '../../src/engine/touch-batcher.ts';

interface Written {
  readonly namespace: string;
  readonly touches: readonly Touch[];
}

function recording(): { readonly batcher: TouchBatcher; readonly written: Written[] } {
  const written: Written[] = [];
  const batcher = new TouchBatcher(async (namespace, touches) => {
    written.push({ namespace, touches });
  });
  return { batcher, written };
}

describe('touch batcher', () => {
  it('adds up accesses of one memory and keeps the newest time', async () => {
    const { batcher, written } = recording();
    batcher.add('a', [1, 2], 10);
    batcher.add('a', [1], 30);
    batcher.add('b', [1], 20);
    await batcher.flush();
    expect(written).toEqual([
      {
        namespace: 'a',
        touches: [
          { memoryId: 1, count: 2, at: 30 },
          { memoryId: 2, count: 1, at: 10 },
        ],
      },
      { namespace: 'b', touches: [{ memoryId: 1, count: 1, at: 20 }] },
    ]);
  });

  it('writes when many wait, without being asked', async () => {
    const { batcher, written } = recording();
    batcher.add(
      'a',
      Array.from({ length: 1_000 }, (_, id) => id),
      1,
    );
    await batcher.flush();
    expect(written.map(({ touches }) => touches.length)).toEqual([1_000]);
  });

  it('is bounded while the store does not answer, and counts what it drops', async () => {
    let release = (): void => undefined;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    let count = 0;
    const batcher = new TouchBatcher(async (_namespace, touches) => {
      await blocked;
      count += touches.length;
    });
    batcher.add(
      'a',
      Array.from({ length: 1_000 }, (_, id) => id),
      1,
    );
    batcher.add(
      'a',
      Array.from({ length: 50_000 }, (_, id) => id),
      1,
    );
    expect(batcher.dropped).toBe(30_000);
    release();
    await batcher.close();
    expect(count).toBe(21_000);
  });

  it('survives a failing store', async () => {
    const batcher = new TouchBatcher(async () => {
      throw new Error('disk full');
    });
    batcher.add('a', [1, 2, 3], 1);
    await batcher.flush();
    expect(batcher.dropped).toBe(3);
    await batcher.close();
  });

  it('writes the rest when it closes and takes nothing afterwards', async () => {
    const { batcher, written } = recording();
    batcher.add('a', [1], 1);
    await batcher.close();
    batcher.add('a', [2], 1);
    await batcher.flush();
    expect(written).toHaveLength(1);
  });
});
