import { join } from 'node:path';
import { V4Manager } from '../src/baseline/v4-manager.ts';
import type { Contender, OpenContender } from './contender.ts';

/** Trinitas v4's synchronous manager; every ratio is made against it. */
export const baselineContender: Contender = {
  name: 'v4 baseline',
  isBaseline: true,
  async open(directory): Promise<OpenContender> {
    const manager = new V4Manager(join(directory, 'v4.db'));
    return {
      store: ({ key, value, metadata }) => manager.store(key, value, metadata),
      fill: async (items) => manager.fill(items),
      recall: async (query) => (await manager.recall(query)).length,
      embedQuery: null,
      count: async () => manager.count(),
      close: async () => manager.close(),
    };
  },
};
