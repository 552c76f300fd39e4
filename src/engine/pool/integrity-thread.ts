import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { MemoryConnectionError, MemorySystemError } from '../errors.ts';
import { entryPoint } from './entry-point.ts';
import { reviveError } from './error-transfer.ts';
import type {
  IntegrityCall,
  IntegrityProgress,
  IntegrityReply,
  IntegrityTask,
  IntegrityTasks,
} from './integrity-protocol.ts';

export interface IntegrityWatch {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: IntegrityProgress) => void) | undefined;
}

/** Where the system allows it, the work gets a third of the time of threads that answer callers. */
const NICE_INCREMENT = 5;

/**
 * Runs one task in a thread of its own that ends with it, so that neither the caller nor the database threads wait for hours of work.
 * An abort ends the thread: a check only reads, and a repair swaps files as its last step. Errors: those of the task;
 * MemoryConnectionError when the thread died; the signal's reason when it was aborted.
 */
export async function runIntegrityTask<T extends IntegrityTask>(
  task: T,
  args: IntegrityTasks[T]['args'],
  { signal, onProgress }: IntegrityWatch = {},
): Promise<IntegrityTasks[T]['result']> {
  signal?.throwIfAborted();
  const piscina = new Piscina<IntegrityCall, IntegrityReply>({
    ...entryPoint('integrity-worker'),
    name: 'handle',
    minThreads: 0,
    maxThreads: 1,
    niceIncrement: NICE_INCREMENT,
    atomics: 'disabled',
  });
  const lost: unknown[] = [];
  piscina.on('error', (error: unknown) => lost.push(error));
  const { port1, port2 } = new MessageChannel();
  port1.on('message', (progress: IntegrityProgress) => onProgress?.(progress));
  const stop = (): void => void piscina.destroy();
  signal?.addEventListener('abort', stop);
  try {
    const reply = await piscina.run({ task, args, port: port2 }, { transferList: [port2] });
    if (!reply.ok) throw reviveError(reply.error);
    return reply.result as IntegrityTasks[T]['result'];
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof MemorySystemError
      ? cause
      : new MemoryConnectionError('the integrity thread died', { cause: lost[0] ?? cause });
  } finally {
    signal?.removeEventListener('abort', stop);
    port1.close();
    await piscina.destroy();
  }
}
