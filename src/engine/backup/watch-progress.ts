import type { ProgressBoard } from './progress-board.ts';

/** How a caller follows work in the maintenance thread. */
export interface Watch {
  /** Cancels the work at its next step; it then rejects. */
  readonly signal?: AbortSignal | undefined;
  /** Pages and rows gone through, of those known to lie ahead. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Often enough for an eye, rarely enough to cost nothing. */
const LOOK_EVERY_MS = 100;

/** Passes progress on and cancellations in while `work` runs; tells once more at the end. */
export async function watchProgress<T>(
  board: ProgressBoard,
  { signal, onProgress }: Watch,
  work: Promise<T>,
): Promise<T> {
  const tell = (): void => {
    if (board.total > 0) onProgress?.(board.done, board.total);
  };
  const cancel = (): void => board.cancel();
  const timer = setInterval(tell, LOOK_EVERY_MS);
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted === true) cancel();
  try {
    return await work;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', cancel);
    tell();
  }
}
