import { expect, onTestFinished } from 'vitest';
import { ParticipantUnavailableError } from '../../../../src/engine/errors.ts';
import {
  type ChromaTarget,
  openChroma,
} from '../../../../src/engine/participants/chroma/open-chroma.ts';
import type { ParticipantTerms } from '../../../../src/engine/participants/participant.ts';
import type {
  CollectionName,
  VectorStore,
} from '../../../../src/engine/participants/vector-store.ts';

export const DIMENSION = 8;
export const COLLECTION: CollectionName = { namespace: 'default', section: 'semantic_memory' };

export const TERMS: ParticipantTerms = {
  storeId: 'store-one',
  retryBackoff: 1.5,
  retryAttempts: 3,
  healthCheckIntervalMs: 1_000,
  connectTimeoutMs: 2_000,
};

/** A store with a model, closed with the test. */
export async function openTestStore(
  target: ChromaTarget,
  terms: Partial<ParticipantTerms> = {},
): Promise<VectorStore> {
  const store = await openChroma(target, { ...TERMS, ...terms });
  onTestFinished(() => store.close());
  store.useModel('test-model', DIMENSION);
  return store;
}

/** Unix ms; far enough for a crowded machine. */
export const soon = (ms = 20_000): number => Date.now() + ms;

/** Unit vectors that differ by their number; the same number gives the same vector. */
export function vectorOf(seed: number, dimension = DIMENSION): Float32Array {
  const numbers = Float32Array.from({ length: dimension }, (_, at) => Math.cos(seed * (at + 1.3)));
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
}

/** Records `<prefix><number>:t` with the vectors of their numbers. */
export function recordsOf(count: number, prefix = 'm') {
  return Array.from({ length: count }, (_, at) => ({
    id: `${prefix}${at}:t`,
    vector: vectorOf(at),
  }));
}

/** Resolves when the store becomes available; at once when it is. */
export function untilAvailable(store: VectorStore): Promise<void> {
  if (store.available) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = store.onAvailable(() => {
      stop();
      resolve();
    });
  });
}

/** Ms that calls get which cannot succeed. */
export const SHORT = 300;

/** The error of what fails; null when it does not. */
export const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

/** Puts until the breaker opens, however each put ends. */
export async function openBreaker(store: VectorStore, collection: CollectionName): Promise<void> {
  for (let at = 0; store.statistics().breaker === 'CLOSED'; at += 1) {
    const put = store.put(collection, recordsOf(1, `x${at}-`), soon(SHORT));
    expect(await failed(put)).toBeInstanceOf(ParticipantUnavailableError);
  }
}
