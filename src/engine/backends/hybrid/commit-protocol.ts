import { MemorySystemError, ParticipantUnavailableError } from '../../errors.ts';
import type { CommitMode, ParticipantName, StagedVector } from '../../model/participation.ts';
import type { WriteUnit } from '../../model/unit-of-work.ts';
import type { UnitOutcome } from '../../model/unit-outcome.ts';
import type { MemoryCache, MemoryName } from '../../participants/memory-cache.ts';
import type { VectorStore } from '../../participants/vector-store.ts';
import type { Backend } from '../backend.ts';
import type { OutboxStore } from '../outbox-store.ts';
import type { OutboxWorker } from './outbox-worker.ts';
import type { ProtocolTrace } from './protocol-step.ts';
import type { UnitNames } from './unit-names.ts';
import type { VectorStager } from './vector-stager.ts';

/** A strict commit waits this long for the participants to show it; it is durable by then and never reported as failed. */
const STRICT_WAIT_MS = 2_000;
/** For what is tidied up after a failed commit. */
const TIDY_MS = 5_000;

export interface ProtocolParts {
  readonly store: Backend & OutboxStore;
  readonly cache: MemoryCache | null;
  readonly vectors: VectorStore | null;
  /** null: no vectors are known before the commit. */
  readonly stager: VectorStager | null;
  readonly names: UnitNames;
  readonly outbox: OutboxWorker;
  readonly commitMode: CommitMode;
  readonly prepareTimeoutMs: number;
  readonly trace: ProtocolTrace;
}

/** Memories that a fence was asked for; with `failure` it may or may not stand. */
interface Fence {
  readonly names: readonly MemoryName[];
  /** Unix ms */
  readonly commitBefore: number;
  readonly failure: unknown;
}

/** Vectors that were put; with `failure` they may or may not lie in the vector store. */
interface Stage {
  /** With the ids of the memories that it may create. */
  readonly unit: WriteUnit;
  readonly vectors: readonly StagedVector[];
  readonly failure: unknown;
}

interface Prepared {
  readonly unit: WriteUnit;
  readonly fence: Fence | null;
  readonly stage: Stage | null;
}

/**
 * Two-phase commit with SQLite as coordinator and last resource: the participants prepare in parallel, the decision is the one SQLite
 * commit that carries data, outcome and outbox, and what is left to do afterwards is done from the outbox, at least once. No
 * participant can make a commit fail but in `strict` mode, and none can undo one.
 */
export class CommitProtocol {
  readonly #parts: ProtocolParts;

  constructor(parts: ProtocolParts) {
    this.#parts = parts;
  }

  async commit(unit: WriteUnit, bytes: number): Promise<UnitOutcome> {
    const { store, trace, commitMode } = this.#parts;
    if (unit.operations.length === 0) return store.write(unit, bytes);
    const strict = (unit.commitMode ?? commitMode) === 'strict';
    trace.reached('BEFORE_PREPARE');
    const prepared = await this.#prepare(unit, strict);
    let outcome: UnitOutcome;
    try {
      outcome = await store.write(this.#withParticipation(prepared), bytes);
    } catch (error) {
      this.#parts.outbox.track(this.#tidyAfter(error, prepared));
      throw error;
    }
    return await this.#finish(prepared, outcome, strict);
  }

  async #prepare(unit: WriteUnit, strict: boolean): Promise<Prepared> {
    const [fence, stage] = await Promise.all([this.#fence(unit), this.#stage(unit)]);
    const prepared: Prepared = { unit: stage?.unit ?? unit, fence, stage };
    const problem = fence?.failure ?? stage?.failure ?? null;
    if (problem === null || !strict) return prepared;
    this.#parts.outbox.track(this.#abort(prepared));
    throw toUnavailable(problem);
  }

  /** null: there is nothing to fence. Never rejects. */
  async #fence(unit: WriteUnit): Promise<Fence | null> {
    const { cache, names, trace } = this.#parts;
    if (cache === null) return null;
    const { namespace } = unit;
    let fenced: readonly MemoryName[] = [];
    const commitBefore = Date.now() + cache.fenceMs / 2;
    try {
      fenced = (await names.keysOf(unit)).map((key) => ({ namespace, key }));
      if (fenced.length === 0) return null;
      // Also while Redis is away, which rejects at once: from here on nobody in this process reads or fills these memories there.
      await cache.prepare(unit.txid, fenced);
      trace.reached('REDIS_PREPARED');
      return { names: fenced, commitBefore, failure: null };
    } catch (failure) {
      return { names: fenced, commitBefore, failure };
    }
  }

  /** null: there is nothing to stage. Never rejects. */
  async #stage(unit: WriteUnit): Promise<Stage | null> {
    const { vectors: store, stager, trace, prepareTimeoutMs } = this.#parts;
    if (store === null) return null;
    let planned: Omit<Stage, 'failure'> = { unit, vectors: [] };
    try {
      if (!store.available) throw chromaAway();
      if (stager === null || !stager.wants(unit)) return null;
      const deadline = Math.min(unit.deadline, Date.now() + prepareTimeoutMs);
      const plan = await stager.plan(unit);
      planned = {
        unit: plan.unit,
        vectors: plan.vectors.map(({ vector: _, ...staged }) => staged),
      };
      await stager.stage(unit.namespace, plan.vectors, deadline);
      trace.reached('CHROMA_STAGED');
      return { ...planned, failure: null };
    } catch (failure) {
      return { ...planned, failure };
    }
  }

  #withParticipation({ unit, fence, stage }: Prepared): WriteUnit {
    const { dieInWriter } = this.#parts.trace;
    const dies =
      dieInWriter !== undefined &&
      unit.operations.some(
        (operation) => operation.kind === 'store' && operation.key === dieInWriter.key,
      );
    const stands = fence !== null && fence.failure === null;
    return {
      ...unit,
      participation: {
        fence: stands
          ? { keys: fence.names.map(({ key }) => key), commitBefore: fence.commitBefore }
          : undefined,
        staged: stage?.failure === null ? stage.vectors : undefined,
        dieAt: dies ? dieInWriter.at : undefined,
      },
    };
  }

  /** The unit is durable: from here on nothing may be reported as failed. */
  async #finish(prepared: Prepared, outcome: UnitOutcome, strict: boolean): Promise<UnitOutcome> {
    const { outbox, trace } = this.#parts;
    trace.reached('ACKNOWLEDGED');
    const { outbox: entries = [], ...answer } = outcome;
    const promotion = entries.find(({ target }) => target === 'redis');
    if (promotion !== undefined) this.#promote(prepared, promotion.seq);
    else this.#parts.outbox.track(this.#releaseFence(prepared));
    if (entries.some(({ target }) => target === 'chroma')) outbox.wake('chroma');
    // What the commit did not take over is garbage; of what it took over the writer keeps account.
    if (prepared.stage?.failure !== null || !changedAnything(outcome))
      outbox.track(this.#removeStaged(prepared));
    if (entries.length === 0) return answer;
    const open = strict
      ? await outbox.whenSettled(
          entries,
          Math.min(STRICT_WAIT_MS, prepared.unit.deadline - Date.now()),
        )
      : entries.filter(({ target }) => target === 'chroma');
    return open.length === 0 ? answer : { ...answer, pending: targetsOf(open) };
  }

  /** A failed promotion is the outbox worker's to repeat. */
  #promote({ unit, fence }: Prepared, seq: number): void {
    const { cache, outbox, trace } = this.#parts;
    if (cache === null || fence === null) return;
    outbox.underWay(seq);
    const promoted = cache.promote(unit.txid, fence.names).then(
      () => {
        trace.reached('REDIS_PROMOTED');
        outbox.done(seq);
      },
      () => outbox.left(seq),
    );
    outbox.track(promoted);
  }

  async #tidyAfter(error: unknown, prepared: Prepared): Promise<void> {
    const outcome = error instanceof MemorySystemError ? error.data['outcome'] : undefined;
    if (outcome !== 'unknown') {
      this.#parts.trace.reached('REFUSED');
      await this.#abort(prepared);
      return;
    }
    // It may still be committed, but then before this: the writer does one thing after the other. Its staged vectors stay; if it never
    // commits, the sweep of the next start removes them.
    const { cache, store } = this.#parts;
    if (cache === null) return;
    cache.useEpoch(await store.bumpCacheEpoch());
    await this.#releaseFence(prepared);
  }

  async #abort(prepared: Prepared): Promise<void> {
    await this.#releaseFence(prepared);
    if (prepared.fence !== null) this.#parts.trace.reached('REDIS_ABORTED');
    await this.#removeStaged(prepared);
  }

  async #releaseFence({ unit, fence }: Prepared): Promise<void> {
    if (fence !== null && fence.names.length > 0)
      await this.#parts.cache?.abort(unit.txid, fence.names);
  }

  async #removeStaged({ unit, stage }: Prepared): Promise<void> {
    const { vectors } = this.#parts;
    if (vectors === null || stage === null) return;
    const deadline = Date.now() + TIDY_MS;
    for (const section of new Set(stage.vectors.map((vector) => vector.section))) {
      const staged = stage.vectors.filter((vector) => vector.section === section);
      const ids = staged.map(({ record }) => record);
      await vectors.remove({ namespace: unit.namespace, section }, ids, deadline);
    }
  }
}

function changedAnything({ outcomes, replayed }: UnitOutcome): boolean {
  return !replayed && outcomes.some(({ kind }) => kind === 'created' || kind === 'updated');
}

function targetsOf(
  entries: readonly { readonly target: ParticipantName }[],
): readonly ParticipantName[] {
  return [...new Set(entries.map(({ target }) => target))];
}

function chromaAway(): ParticipantUnavailableError {
  return new ParticipantUnavailableError('Chroma is not reachable', {
    data: { participant: 'chroma' },
  });
}

function toUnavailable(problem: unknown): ParticipantUnavailableError {
  const reason = problem instanceof Error ? problem.message : String(problem);
  return new ParticipantUnavailableError(
    `a participant could not prepare, and the commit is strict: ${reason}; nothing was stored`,
    {
      cause: problem,
      remedy: 'Repeat it when all participants are reachable, or commit with mode available.',
    },
  );
}
