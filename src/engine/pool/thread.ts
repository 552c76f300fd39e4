import { Piscina } from 'piscina';
import type { ThreadTiming } from '../engine-tracer.ts';
import { MemoryConnectionError } from '../errors.ts';
import { entryPoint } from './entry-point.ts';
import { reviveError } from './error-transfer.ts';
import {
  type ArgsOf,
  type MethodOf,
  NOT_OPEN,
  type ResultOf,
  type SlowStatementNote,
  type ThreadCall,
  type ThreadReply,
  type ThreadRole,
} from './protocol.ts';

/** Batches under way in one thread: the second one hides the message's round trip. */
export const MAX_IN_FLIGHT = 2;

export interface ThreadEvents {
  readonly onSlow: (statement: SlowStatementNote) => void;
}

/** The thread died or was ended before it answered; for a write the outcome is unknown until it is looked up. */
export class ThreadLostError extends MemoryConnectionError {}

/**
 * One database thread: a Piscina with exactly one worker, so that supervision, queueing and histograms are its own and
 * a dead thread is replaced by a new object instead of a half-initialised one. An AbortSignal is never passed to
 * Piscina: it would terminate the worker and everything else that runs on it.
 */
export class Thread<R extends ThreadRole> {
  readonly #role: R;
  readonly #events: ThreadEvents;
  readonly #piscina: Piscina<ThreadCall, ThreadReply>;
  #lost: unknown;
  /** Piscina leaves a call after `destroy` unanswered for ever. */
  #terminated = false;

  constructor(role: R, events: ThreadEvents) {
    this.#role = role;
    this.#events = events;
    this.#piscina = new Piscina({
      ...entryPoint('worker'),
      name: 'handle',
      minThreads: 1,
      maxThreads: 1,
      concurrentTasksPerWorker: MAX_IN_FLIGHT + 1,
      // The default parks the thread in Atomics.wait between tasks: no timers and no checkpoint in idle time.
      atomics: 'disabled',
    });
    // Without a listener a failing thread would end the process; the failed call tells its caller anyway.
    this.#piscina.on('error', (error: unknown) => {
      this.#lost ??= error;
    });
  }

  /**
   * Rejects with the thread's own MemorySystemError, or with ThreadLostError. `onTiming`, when given, is told when the
   * thread worked on the call.
   */
  async call<M extends MethodOf<R>>(
    method: M,
    args: ArgsOf<R, M>,
    onTiming?: (timing: ThreadTiming) => void,
  ): Promise<ResultOf<R, M>> {
    if (this.#terminated) throw new ThreadLostError(`the ${this.#role} thread was ended`);
    let reply: ThreadReply;
    try {
      reply = await this.#piscina.run({
        role: this.#role,
        method,
        args,
        timed: onTiming !== undefined,
      });
    } catch (cause) {
      throw new ThreadLostError(`the ${this.#role} thread died`, { cause: this.#lost ?? cause });
    }
    if (reply.timing !== undefined) onTiming?.(reply.timing);
    for (const statement of reply.slow) this.#events.onSlow(statement);
    if (!reply.ok) {
      // Piscina may have replaced a dead worker behind our back; the new one has no open database.
      if (reply.error.data['reason'] === NOT_OPEN)
        throw new ThreadLostError(`the ${this.#role} thread was replaced`);
      throw reviveError(reply.error);
    }
    return reply.result as ResultOf<R, M>;
  }

  /** Ends the thread at once; a statement that runs natively is finished first, and SQLite then rolls back. */
  async terminate(): Promise<void> {
    this.#terminated = true;
    await this.#piscina.destroy();
  }
}
