import type { Backend, CommitListener } from './backends/backend.ts';
import type { ReadMap } from './backends/read-map.ts';
import { type ChangePosition, encodeChangeCursor } from './change-cursor.ts';
import type { ChangeEvent, ChangePage, ResumeExpired } from './change-operations.ts';
import { interruptibleWait } from './interruptible-wait.ts';
import { Memory } from './memory.ts';
import type { ChangeRecord } from './model/change.ts';
import type { Filter } from './search/filter.ts';
import { pageOf, SharedChangePages, type Stretch } from './shared-change-pages.ts';
import { Wake } from './wake.ts';

/**
 * Changes that a filter may drop before a watcher gets an empty page with a newer cursor, so that a client who is
 * rarely told anything can still resume after the log was trimmed.
 */
const PROGRESS_EVERY = 10_000;

/**
 * A watcher this many of its pages behind the newest commit reads for itself, with its filter in the reader thread; nearer to it, all
 * watchers read together. 200 watchers of 20 filters at 500 commits/s: one read of a commit instead of 200.
 */
const SHARED_PAGES = 16;

/**
 * A watcher that has caught up reads at most 40 pages a second, which is more than anybody looks at. The first change after a pause is told
 * at once; without the gap each of 500 commits a second would wake each of hundreds of watchers.
 */
const LEAST_GAP_MS = 25;

export interface ChangeRequest {
  readonly namespace: string;
  /** null = from now on */
  readonly after: ChangePosition | null;
  readonly filter: Filter | null;
  /** Changes of one page at most. */
  readonly limit: number;
}

/**
 * The change log as pages and as a live feed. Data is always pulled from the log by position; a commit only wakes the
 * watchers of its namespaces, so a slow consumer costs one cursor and a burst of commits one wake-up.
 */
export class ChangeFeed {
  readonly #backend: Backend;
  readonly #timeoutMs: number;
  readonly #watchers = new Map<string, Set<Wake>>();
  readonly #shared: SharedChangePages;
  #headSeq: number;

  /** `headSeq` as read after the backend opened; the engine then passes every commit to `onCommit`. */
  constructor(backend: Backend, headSeq: number, timeoutMs: number) {
    this.#backend = backend;
    this.#headSeq = headSeq;
    this.#timeoutMs = timeoutMs;
    this.#shared = new SharedChangePages((place) => this.#read({ ...place, filter: null }));
  }

  /** Position of the newest change that this process knows of: for the owner at least that of every acknowledged write. */
  get head(): ChangePosition {
    return { epoch: this.#backend.info.epoch, seq: this.#headSeq };
  }

  /** Position of the newest change at the moment of the call: at least that of every write that was acknowledged before, by any process. */
  async now(): Promise<ChangePosition> {
    const { role, epoch } = this.#backend.info;
    if (role === 'OWNER') return this.head;
    const { headSeq } = await this.#backend.read(
      'touchedSince',
      { afterSeq: Number.MAX_SAFE_INTEGER, limit: 0 },
      { deadline: Date.now() + this.#timeoutMs },
    );
    return { epoch, seq: headSeq };
  }

  onCommit(commit: Parameters<CommitListener>[0]): void {
    this.#headSeq = Math.max(this.#headSeq, commit.headSeq);
    if (commit.incomplete === true)
      for (const wakes of this.#watchers.values()) for (const wake of wakes) wake.notify();
    let woken: string | undefined;
    for (const { namespace } of commit.touched) {
      if (namespace === woken) continue;
      woken = namespace;
      for (const wake of this.#watchers.get(namespace) ?? []) wake.notify();
    }
  }

  /** The page after a position, or ResumeExpired when the log cannot continue there. */
  async page(request: ChangeRequest): Promise<ChangePage | ResumeExpired> {
    // Read anew: a shared stretch may end before writes that were acknowledged to this caller.
    return (await this.#pull({ ...request, after: request.after ?? (await this.now()) }, null))
      .page;
  }

  /** Pages with changes from a position on, waiting for commits between them; the last one is ResumeExpired, if any. */
  async *watch(
    request: ChangeRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ChangePage | ResumeExpired> {
    const wake = this.#join(request.namespace);
    const filterText = JSON.stringify(request.filter);
    try {
      let after = request.after ?? (await this.now());
      let toldSeq = after.seq;
      while (!signal.aborted) {
        const readAt = performance.now();
        const { page, seq } = await this.#pull({ ...request, after }, filterText);
        if (signal.aborted) return;
        if ('expired' in page) {
          yield page;
          return;
        }
        after = { epoch: after.epoch, seq };
        if (page.changes.length > 0 || after.seq - toldSeq >= PROGRESS_EVERY) {
          toldSeq = after.seq;
          yield page;
        }
        if (page.hasMore) continue;
        // A shared stretch may end before commits that this watcher was woken for already.
        if (seq >= this.#headSeq) await wake.wait(signal);
        const early = readAt + LEAST_GAP_MS - performance.now();
        if (early > 0) await interruptibleWait(early, signal);
      }
    } finally {
      this.#leave(request.namespace, wake);
    }
  }

  /** `seq` is the position to continue from. `filterText` is that of the filter; null = not together with others. */
  async #pull(
    { namespace, after, limit, filter }: ChangeRequest & { readonly after: ChangePosition },
    filterText: string | null,
  ): Promise<{ readonly page: ChangePage | ResumeExpired; readonly seq: number }> {
    const epoch = this.#backend.info.epoch;
    const foreign = after.epoch !== epoch;
    const place = { namespace, afterSeq: foreign ? this.#headSeq : after.seq, limit };
    const isShared = filterText !== null && this.#headSeq - place.afterSeq <= limit * SHARED_PAGES;
    const stretch: Stretch = isShared
      ? await this.#shared.stretch(place)
      : { read: await this.#read({ ...place, filter }), pages: new Map() };
    const { read } = stretch;
    // Beyond the head of its own history a cursor was given out by a store that has lost commits since.
    const lost = !foreign && after.seq > Math.max(read.headSeq, this.#headSeq);
    const trimmed = after.seq + 1 < read.oldestSeq;
    if (foreign || lost || trimmed) {
      const page: ResumeExpired = {
        expired: true,
        oldestCursor: encodeChangeCursor({ epoch, seq: read.oldestSeq - 1 }),
        headCursor: encodeChangeCursor({ epoch, seq: read.headSeq }),
      };
      return { page, seq: read.headSeq };
    }
    const page = pageOf(stretch, isShared ? filter : null, filterText ?? '', (changes) => ({
      changes: changes.map((change) => toEvent(epoch, change)),
      endCursor: encodeChangeCursor({ epoch, seq: read.scannedSeq }),
      hasMore: read.scannedSeq < read.headSeq,
    }));
    return { page, seq: read.scannedSeq };
  }

  #read(args: ReadMap['changes']['args']): Promise<ReadMap['changes']['result']> {
    return this.#backend.read('changes', args, { deadline: Date.now() + this.#timeoutMs });
  }

  #join(namespace: string): Wake {
    const wake = new Wake();
    const watchers = this.#watchers.get(namespace) ?? new Set();
    this.#watchers.set(namespace, watchers.add(wake));
    return wake;
  }

  #leave(namespace: string, wake: Wake): void {
    const watchers = this.#watchers.get(namespace);
    watchers?.delete(wake);
    if (watchers?.size === 0) this.#watchers.delete(namespace);
  }
}

function toEvent(epoch: string, change: ChangeRecord): ChangeEvent {
  return {
    cursor: encodeChangeCursor({ epoch, seq: change.seq }),
    kind: change.kind,
    at: new Date(change.at),
    transactionId: change.txid,
    memory: new Memory(change.record),
  };
}
