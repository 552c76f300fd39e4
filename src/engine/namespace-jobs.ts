import { NotFoundError } from './errors.ts';
import type { Job } from './job.ts';
import type { Jobs } from './jobs.ts';

/** NotFoundError for an unknown id. */
export function findJob(jobs: Jobs, id: string): Job {
  const job = jobs.find(id);
  if (job === null)
    throw new NotFoundError(`there is no job ${id}`, {
      remedy: 'Ended jobs are told of until fifty newer ones have been started.',
    });
  return job;
}

/** Resolves when the job has ended, however it did; NotFoundError for an unknown id. */
export async function whenJobEnded(jobs: Jobs, id: string): Promise<Job> {
  return (await jobs.whenEnded(id)) ?? findJob(jobs, id);
}

/** Ends a running job after the batch under way; resolves when it has ended. NotFoundError for an unknown id. */
export async function cancelJob(jobs: Jobs, id: string): Promise<Job> {
  findJob(jobs, id);
  jobs.cancel(id);
  return await whenJobEnded(jobs, id);
}
