import { describe, expect, it } from 'vitest';
import { mixedKind } from '../../k6/workload.ts';
import { runMixedLoad } from '../../load/mixed-load.ts';
import { OverloadedError } from '../../src/engine/index.ts';
import { startTestServer } from '../support/start-test-server.ts';

describe('the mixed load', () => {
  it('recalls, stores and asks for contexts without a failure, and leaves nothing behind', async () => {
    const { url, manager } = await startTestServer();
    const report = await runMixedLoad({ url, connections: 4, seconds: 1, memories: 50 });
    expect(report).toMatchObject({ failures: 0 });
    expect(report.requests).toBeGreaterThan(0);
    expect((await manager.getStatus()).totalMemories).toBe(0);
  });

  it('counts what the server refuses as failures', async () => {
    const { url } = await startTestServer({
      wrap: (memories) => ({
        ...memories,
        recall: () => Promise.reject(new OverloadedError('too much at once', 100)),
      }),
    });
    const report = await runMixedLoad({ url, connections: 4, seconds: 1, memories: 1 });
    expect(report.failures).toBeGreaterThan(0);
    expect(report.failures).toBeLessThanOrEqual(report.requests);
  });

  it('is 70 % recall, 20 % store and 10 % context', () => {
    const kinds = Array.from({ length: 1_000 }, (_, index) => mixedKind(index / 1_000));
    const share = (kind: string) => kinds.filter((one) => one === kind).length;
    expect([share('recall'), share('store'), share('context')]).toEqual([700, 200, 100]);
  });
});
