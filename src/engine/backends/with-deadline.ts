import { MemoryTimeoutError } from '../errors.ts';

/** Rejects with MemoryTimeoutError at the deadline (Unix ms), whether or not the work goes on. */
export async function withDeadline<T>(work: Promise<T>, deadline: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new MemoryTimeoutError('the operation did not finish before its deadline')),
      Math.max(0, deadline - Date.now()),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
