import {
  type Job,
  NotFoundError,
  type ReindexTarget,
  TransactionStateError,
  ValidationError,
} from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { decodeGlobalId } from './global-id.ts';

/** Begins the job, or answers the one that runs already. It changes the whole store, so no transaction holds it. */
export async function startReindex(target: ReindexTarget, context: RequestContext): Promise<Job> {
  if (context.transaction !== null) {
    throw new TransactionStateError('reindexing cannot be part of a transaction', {
      remedy: 'Begin it before the transaction or after it.',
    });
  }
  return context.memories.reindex(target);
}

export function listJobs(context: RequestContext): readonly Job[] {
  return context.memories.jobs();
}

/** Null when no such job is told of any more. */
export function getJob(globalId: string, context: RequestContext): Job | null {
  const { typename, id } = decodeGlobalId(globalId);
  if (typename === 'Job') return findJob(id, context);
  throw new ValidationError([
    { path: ['id'], message: `is the id of a ${typename}, not of a Job` },
  ]);
}

export function findJob(id: string, context: RequestContext): Job | null {
  try {
    return context.memories.job(id);
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
