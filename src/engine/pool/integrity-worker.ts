import { repairFile } from '../sqlite/repair/repair-file.ts';
import { toMemoryError } from '../sqlite/sqlite-errors.ts';
import { verifyPath } from '../sqlite/verify/verify-path.ts';
import { toWireError } from './error-transfer.ts';
import type {
  IntegrityCall,
  IntegrityProgress,
  IntegrityReply,
  IntegrityTask,
  IntegrityTasks,
} from './integrity-protocol.ts';

/** Messages of progress come at most so often. */
const PROGRESS_EVERY_MS = 100;

const PERFORM: {
  readonly [T in IntegrityTask]: (
    args: IntegrityTasks[T]['args'],
    onProgress: (progress: IntegrityProgress) => void,
  ) => IntegrityTasks[T]['result'];
} = {
  verify: ({ path, depth }, onProgress) => verifyPath(path, depth, onProgress),
  repair: repairFile,
};

/** Called by Piscina. Never throws: an error becomes part of the reply. */
export function handle({ task, args, port }: IntegrityCall): IntegrityReply {
  let sentAt = 0;
  const onProgress = (progress: IntegrityProgress): void => {
    const now = performance.now();
    if (now - sentAt < PROGRESS_EVERY_MS && progress.done < progress.total) return;
    sentAt = now;
    port.postMessage(progress);
  };
  try {
    return { ok: true, result: PERFORM[task](args as never, onProgress) };
  } catch (error) {
    return { ok: false, error: toWireError(toMemoryError(error)) };
  }
}
