import {
  type MemoryOperations,
  type OptimizationReport,
  type Statistics,
  type Status,
  TransactionStateError,
} from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { openEventStream } from './event-stream.ts';
import { writing } from './writing.ts';

export function getStatus(context: RequestContext): Promise<Status> {
  return context.memories.status();
}

export function getStatistics(context: RequestContext): Promise<Statistics> {
  return context.memories.statistics();
}

export function watchStatistics(
  input: { readonly intervalMs: number },
  context: RequestContext,
): AsyncIterable<Statistics> {
  return openEventStream(context, (signal) =>
    context.memories.watchStatistics({ intervalMs: input.intervalMs, signal }),
  );
}

/** From memory, without a round trip: it answers while the store does not. */
export function getHealth(context: RequestContext): ReturnType<MemoryOperations['health']> {
  return context.memories.health();
}

export interface ApplyOptimizationsInput {
  readonly summary?: string | null | undefined;
  readonly actions: readonly {
    readonly type: string;
    readonly thresholdDays?: number | null | undefined;
    readonly dryRun?: boolean | null | undefined;
    readonly cacheSize?: number | null | undefined;
    readonly connections?: number | null | undefined;
  }[];
}

/** `cleanup` deletes memories, so the loaders forget them. Its actions cannot be undone, so no transaction holds them. */
export function applyOptimizations(
  input: ApplyOptimizationsInput,
  context: RequestContext,
): Promise<readonly OptimizationReport[]> {
  return writing(context, async () => {
    if (context.transaction !== null) {
      throw new TransactionStateError('optimisations cannot be part of a transaction', {
        remedy: 'Apply them before the transaction begins or after it has ended.',
      });
    }
    return await context.memories.applyOptimizations({
      summary: input.summary ?? undefined,
      actions: input.actions.map((action) => ({
        type: action.type,
        threshold_days: action.thresholdDays ?? undefined,
        dryRun: action.dryRun ?? undefined,
        cache_size: action.cacheSize ?? undefined,
        connections: action.connections ?? undefined,
      })),
    });
  });
}
