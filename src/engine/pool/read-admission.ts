import type { ReadKind } from '../backends/read-map.ts';
import { OverloadGuard } from './overload-guard.ts';
import type { ReadReply } from './protocol.ts';
import { ReadCosts } from './read-costs.ts';
import { type PendingRead, ReadQueue } from './read-queue.ts';

/**
 * What is refused under overload: searches, the beginning of a request and nearly all of its price. Reads by key or id, links, the change
 * log and what the engine asks for itself cost microseconds, follow on work that was done already, or belong to a write: they wait.
 */
const SHED: ReadonlySet<ReadKind> = new Set(['recall', 'list', 'listAsOf', 'similar']);

/**
 * The queue of a pool of readers, and who may join it. Reads of one turn of the event loop are let in or refused together, at its end:
 * they may be parts of one request. So a caller who does not wait before he asks again lets the event loop turn all the same.
 */
export class ReadAdmission {
  readonly queue: ReadQueue;
  readonly #costs = new ReadCosts();
  readonly #guard: OverloadGuard;
  readonly #onShed: () => void;
  #newcomers: PendingRead[] = [];

  /** `patienceMs`: how long a read waits for a connection. `onShed` runs for every search that is refused. `now`: of OverloadGuard. */
  constructor(patienceMs: number, onShed: () => void, now?: () => number) {
    this.queue = new ReadQueue(patienceMs, this.#costs);
    this.#guard = new OverloadGuard(patienceMs, now);
    this.#onShed = onShed;
  }

  /** OverloadedError when the queue is full. */
  add(request: PendingRead['request']): PendingRead {
    const pending = this.queue.add(request);
    if (SHED.has(request.kind)) this.#newcomers.push(pending);
    return pending;
  }

  /** At the end of a turn. */
  decide(readers: number): void {
    const [first] = this.#newcomers;
    if (first === undefined) return;
    const newcomers = new Set(this.#newcomers.splice(0));
    const begins = !this.#guard.overloaded;
    if (this.#guard.admits(this.#workBefore(first) / readers, newcomers.size)) return;
    const now = performance.now();
    this.queue.review((pending, workMs) => {
      const waitMs = now - pending.submittedAt + workMs / readers;
      // Also those who came before overload was noticed, as far as they would wait too long in all.
      const hopeless = begins && waitMs > this.#guard.longWaitMs && SHED.has(pending.request.kind);
      if (!newcomers.has(pending) && !hopeless) return;
      this.#onShed();
      pending.shed(waitMs, this.#guard.retryAfterMs(waitMs));
    });
  }

  /** Learns from the replies to the first reads of a batch. */
  answered(batch: readonly PendingRead[], replies: readonly ReadReply[]): void {
    let searches = 0;
    for (const [index, { tookMs }] of replies.entries()) {
      const kind = batch[index]?.request.kind;
      if (kind === undefined) continue;
      this.#costs.record(kind, tookMs);
      if (SHED.has(kind)) searches += 1;
    }
    this.#guard.answered(searches);
  }

  /** Milliseconds that one reader would work on what stands before a read. */
  #workBefore(newcomer: PendingRead): number {
    let before = 0;
    this.queue.review((pending, workMs) => {
      if (pending === newcomer) before = workMs;
    });
    return before;
  }
}
