import type { WriteUnit } from '../model/unit-of-work.ts';
import type { Validation } from '../model/validation.ts';
import { operationTargets } from '../operation-targets.ts';

/** Longest time others wait for a transaction that keeps losing; after it they go on, and it may lose again. */
const MAX_WAIT_MS = 200;

/** What a transaction read and wrote, as far as another commit could disturb it. */
export interface Footprint {
  readonly namespace: string;
  readonly keys: ReadonlySet<string>;
  readonly ids: ReadonlySet<number>;
  /** It ran queries, which any write of the namespace may change. */
  readonly queries: boolean;
}

/**
 * The guard against starvation: a transaction that lost too often takes a turn in which other commits that touch what it
 * reads wait for it, for a bounded time. One turn at a time, first come first served.
 */
export class Reservations {
  #holder: { readonly footprint: Footprint; readonly done: Promise<void> } | undefined;
  #turns: Promise<void> = Promise.resolve();

  /** Runs `attempt` in a turn of its own. */
  async hold<T>(footprint: Footprint, attempt: () => Promise<T>): Promise<T> {
    const before = this.#turns;
    let release = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#turns = before.then(() => done);
    await before;
    const holder = { footprint, done };
    this.#holder = holder;
    const timer = setTimeout(release, MAX_WAIT_MS);
    try {
      return await attempt();
    } finally {
      clearTimeout(timer);
      // Whoever took longer than its turn must not end that of the next one.
      if (this.#holder === holder) this.#holder = undefined;
      release();
    }
  }

  /** Undefined at once when the unit disturbs nobody; otherwise a promise to wait for. */
  inTheWay(unit: WriteUnit): Promise<void> | undefined {
    if (this.#holder === undefined || !disturbs(unit, this.#holder.footprint)) return undefined;
    return this.#holder.done;
  }
}

export function footprintOf(namespace: string, validation: Validation | undefined): Footprint {
  const keys = new Set<string>();
  const ids = new Set<number>();
  for (const { target } of validation?.versions ?? []) {
    if ('key' in target) keys.add(target.key);
    else ids.add(target.id);
  }
  for (const { sourceId, targetId } of validation?.links ?? []) ids.add(sourceId).add(targetId);
  return { namespace, keys, ids, queries: (validation?.predicates.length ?? 0) > 0 };
}

function disturbs(unit: WriteUnit, footprint: Footprint): boolean {
  if (unit.namespace !== footprint.namespace) return false;
  if (footprint.queries) return true;
  return unit.operations.some((operation) => {
    return operationTargets(operation).some((target) =>
      'key' in target ? footprint.keys.has(target.key) : footprint.ids.has(target.id),
    );
  });
}
