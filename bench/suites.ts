import { backupCategory } from './backup-category.ts';
import { baselineContender } from './baseline-contender.ts';
import { concurrencyCategory } from './concurrency-category.ts';
import { engineContender } from './engine-contender.ts';
import { httpCategory } from './http-category.ts';
import { hybridCategory } from './hybrid-category.ts';
import { memoryCategory } from './memory-category.ts';
import { MEMORY_CONTENDERS } from './memory-contenders.ts';
import { observabilityCategory } from './observability-category.ts';
import { recallCategory } from './recall-category.ts';
import { replicasCategory } from './replicas-category.ts';
import type { BenchSuite } from './report.ts';
import { scaleCategory } from './scale-category.ts';
import { storageCategory } from './storage-category.ts';
import { stressCategory } from './stress-category.ts';
import { subscriptionsCategory } from './subscriptions-category.ts';
import { transactionCategory } from './transaction-category.ts';
import { vectorCategory } from './vector-category.ts';

/** Every category in the order of a whole run. A new one is a file of its own and an entry here; `--only` knows it by its name. */
export const SUITES: readonly BenchSuite[] = [
  {
    category: storageCategory,
    contenders: [
      engineContender('sqlite FULL', { backend: 'sqlite', synchronous: 'FULL' }),
      // What embedding inside the write costs.
      engineContender('sqlite FULL, no embedder', {
        backend: 'sqlite',
        synchronous: 'FULL',
        embedder: { provider: 'none' },
      }),
      engineContender('sqlite NORMAL', { backend: 'sqlite', synchronous: 'NORMAL' }),
      engineContender('sqlite_sync', { backend: 'sqlite_sync' }),
      baselineContender,
    ],
  },
  {
    category: recallCategory,
    // Without the operation cache, so that every answer is searched for, as in v4.
    contenders: [
      engineContender('sqlite text', { backend: 'sqlite', cache_size: 0 }, 'TEXT'),
      engineContender('sqlite hybrid', { backend: 'sqlite', cache_size: 0 }, 'HYBRID'),
      engineContender('sqlite_sync text', { backend: 'sqlite_sync', cache_size: 0 }, 'TEXT'),
      baselineContender,
    ],
  },
  {
    category: concurrencyCategory,
    contenders: [
      engineContender('sqlite FULL', { backend: 'sqlite', cache_size: 0 }),
      engineContender('sqlite_sync', { backend: 'sqlite_sync', cache_size: 0 }),
      baselineContender,
    ],
  },
  { category: transactionCategory, contenders: [] },
  { category: memoryCategory, contenders: MEMORY_CONTENDERS },
  {
    category: stressCategory,
    contenders: [
      engineContender('sqlite FULL', { backend: 'sqlite' }),
      engineContender('sqlite_sync', { backend: 'sqlite_sync' }),
      baselineContender,
    ],
  },
  { category: vectorCategory, contenders: [] },
  { category: scaleCategory, contenders: [] },
  { category: backupCategory, contenders: [] },
  { category: httpCategory, contenders: [] },
  { category: subscriptionsCategory, contenders: [] },
  { category: hybridCategory, contenders: [] },
  { category: replicasCategory, contenders: [] },
  { category: observabilityCategory, contenders: [] },
];
