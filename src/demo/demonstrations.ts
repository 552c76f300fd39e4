import { analytics } from './analytics.ts';
import { basicOperations } from './basic-operations.ts';
import { concurrency } from './concurrency.ts';
import { connectionPool } from './connection-pool.ts';
import type { Demonstration } from './demonstration.ts';
import { errorHandling } from './error-handling.ts';
import { performanceDemonstration } from './performance-demonstration.ts';
import { rollback } from './rollback.ts';
import { transactions } from './transactions.ts';

/** The eight of Trinitas v4, in its order. */
export const DEMONSTRATIONS: readonly Demonstration[] = [
  basicOperations,
  connectionPool,
  transactions,
  rollback,
  concurrency,
  performanceDemonstration,
  errorHandling,
  analytics,
];
