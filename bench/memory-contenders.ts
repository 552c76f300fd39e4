import { baselineContender } from './baseline-contender.ts';
import type { Contender } from './contender.ts';
import { engineContender } from './engine-contender.ts';

/** A process of its own opens them by their names. */
export const MEMORY_CONTENDERS: readonly Contender[] = [
  engineContender('sqlite FULL', { backend: 'sqlite' }),
  engineContender('sqlite_sync', { backend: 'sqlite_sync' }),
  baselineContender,
];
