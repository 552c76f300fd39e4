import { MessageChannel, type MessagePort } from 'node:worker_threads';
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

interface Caller {
  readonly resolve: (reply: ThreadReply) => void;
  readonly reject: (error: ThreadLostError) => void;
}

/**
 * One database thread: a Piscina with exactly one worker, which starts and ends it. Calls go over a port of our own, in order: a task of
 * Piscina costs twice as much as a message. A port is closed with the thread at its other end, so that a thread which dies is noticed,
 * however it died, and is replaced by a new object instead of a half-initialised one.
 */
export class Thread<R extends ThreadRole> {
  readonly #role: R;
  readonly #events: ThreadEvents;
  readonly #piscina: Piscina<{ readonly port: MessagePort }, void>;
  readonly #port: MessagePort;
  readonly #callers = new Map<number, Caller>();
  #calls = 0;
  #lost: unknown;
  #ended = false;
  #termination: Promise<void> | undefined;

  constructor(role: R, events: ThreadEvents) {
    this.#role = role;
    this.#events = events;
    this.#piscina = new Piscina({
      ...entryPoint('worker'),
      name: 'connect',
      minThreads: 1,
      maxThreads: 1,
      // The default parks the thread in Atomics.wait between tasks, where it would not see the port.
      atomics: 'disabled',
    });
    // Without a listener a failing thread would end the process.
    this.#piscina.on('error', (error: unknown) => {
      this.#lost ??= error;
    });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.on('message', (reply: ThreadReply) => this.#answered(reply));
    port1.on('close', () => this.#end());
    port1.unref();
    this.#piscina.run({ port: port2 }, { transferList: [port2] }).catch((error: unknown) => {
      this.#lost ??= error;
      this.#end();
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
    if (this.#ended) throw this.#lostError();
    const reply = await this.#send({
      role: this.#role,
      method,
      args,
      timed: onTiming !== undefined,
    });
    if (reply.timing !== undefined) onTiming?.(reply.timing);
    for (const statement of reply.slow) this.#events.onSlow(statement);
    if (!reply.ok) {
      if (reply.error.data['reason'] === NOT_OPEN)
        throw new ThreadLostError(`the ${this.#role} thread was replaced`);
      throw reviveError(reply.error);
    }
    return reply.result as ResultOf<R, M>;
  }

  /** Ends the thread at once; a statement that runs natively is finished first, and SQLite then rolls back. */
  terminate(): Promise<void> {
    this.#end();
    // Once only: a second `destroy` would end the state in which Piscina does not replace the worker that the first one ends.
    this.#termination ??= this.#piscina.destroy();
    return this.#termination;
  }

  #send(call: Omit<ThreadCall, 'id'>): Promise<ThreadReply> {
    return new Promise((resolve, reject) => {
      this.#calls += 1;
      const id = this.#calls;
      this.#port.postMessage({ id, ...call } satisfies ThreadCall);
      // A process waits for the answers to its calls, and not for threads that have nothing to do.
      if (this.#callers.size === 0) this.#port.ref();
      this.#callers.set(id, { resolve, reject });
    });
  }

  #answered(reply: ThreadReply): void {
    const caller = this.#callers.get(reply.id);
    this.#callers.delete(reply.id);
    if (this.#callers.size === 0) this.#port.unref();
    caller?.resolve(reply);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#port.close();
    for (const { reject } of this.#callers.values()) reject(this.#lostError());
    this.#callers.clear();
  }

  #lostError(): ThreadLostError {
    return new ThreadLostError(`the ${this.#role} thread died or was ended`, { cause: this.#lost });
  }
}
