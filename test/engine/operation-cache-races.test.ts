import fc, { type Scheduler } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CacheEntryKey, OperationCache } from '../../src/engine/operation-cache.ts';

/*
 * Reads and writes interleave at every point where the engine waits: a write is committed in the writer thread, told
 * to the cache, then acknowledged; a read begins, takes its snapshot in a reader thread, and comes back. The scheduler
 * of fast-check picks the order, so no clock is involved. Property: a read that starts after an acknowledged write
 * never misses that write.
 */

const seed = Number(process.env['SEED'] ?? Date.now());
const KEYS = ['a', 'b', 'c'] as const;
type Key = (typeof KEYS)[number];
/** What a reader found: the version of every memory it read (0 = absent). */
type Answer = ReadonlyMap<Key, number>;
type Step =
  | { readonly kind: 'write'; readonly key: Key }
  | { readonly kind: 'get'; readonly key: Key; readonly byId: boolean }
  | { readonly kind: 'list' };

const anyKey = fc.constantFrom(...KEYS);
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('write' as const), key: anyKey }),
    fc.record({ kind: fc.constant('get' as const), key: anyKey, byId: fc.boolean() }),
    fc.record({ kind: fc.constant('list' as const) }),
  ),
  { minLength: 4, maxLength: 16 },
);

/** Ways to get it wrong; the property must notice each of them. */
type Mutant =
  | 'none'
  | 'token taken after the read'
  | 'writes told after the acknowledgement'
  | 'writes not told';

class RacingEngine {
  readonly #cache = new OperationCache<Answer>({ maxSize: 100, ttlMs: 60_000, now: () => 1 });
  readonly #stored = new Map<Key, number>();
  readonly #acknowledged = new Map<Key, number>();
  readonly #scheduler: Scheduler;
  readonly #mutant: Mutant;

  constructor(scheduler: Scheduler, mutant: Mutant) {
    this.#scheduler = scheduler;
    this.#mutant = mutant;
  }

  run(step: Step): Promise<void> {
    if (step.kind === 'write') return this.#write(step.key);
    if (step.kind === 'list') return this.#read({ query: 'all' }, KEYS);
    const target = step.byId ? { id: KEYS.indexOf(step.key) } : { key: step.key };
    return this.#read(target, [step.key]);
  }

  async #write(key: Key): Promise<void> {
    await this.#wait(`commit ${key}`);
    const version = (this.#stored.get(key) ?? 0) + 1;
    this.#stored.set(key, version);
    await this.#wait(`outcome of ${key} v${version} arrives`);
    if (this.#mutant === 'none' || this.#mutant === 'token taken after the read') this.#tell(key);
    this.#acknowledged.set(key, Math.max(version, this.#acknowledged.get(key) ?? 0));
    if (this.#mutant === 'writes told after the acknowledgement') {
      await this.#wait('late invalidation');
      this.#tell(key);
    }
  }

  #tell(key: Key): void {
    const touched = [{ namespace: 'default', memoryId: KEYS.indexOf(key), key, persona: null }];
    this.#cache.invalidate({ csn: 0, headSeq: 0, touched });
  }

  async #read(entry: CacheEntryKey, keys: readonly Key[]): Promise<void> {
    await this.#wait('read starts');
    const promised = keys.map((key) => this.#acknowledged.get(key) ?? 0);
    const answer =
      this.#cache.get('default', entry, 0, () => true) ?? (await this.#load(entry, keys));
    for (const [index, key] of keys.entries()) {
      const found = answer.get(key) ?? 0;
      const least = promised[index] ?? 0;
      if (found < least) throw new Error(`${key}: read v${found} after v${least} was acknowledged`);
    }
  }

  async #load(entry: CacheEntryKey, keys: readonly Key[]): Promise<Answer> {
    const before = this.#cache.begin('default');
    await this.#wait('snapshot');
    const answer = new Map(keys.map((key) => [key, this.#stored.get(key) ?? 0]));
    await this.#wait('answer arrives');
    const late = this.#mutant === 'token taken after the read';
    this.#cache.fill(late ? this.#cache.begin('default') : before, entry, answer);
    return answer;
  }

  #wait(label: string): Promise<void> {
    return this.#scheduler.schedule(Promise.resolve(), label);
  }
}

function neverMisses(mutant: Mutant) {
  return fc.asyncProperty(fc.scheduler(), steps, async (scheduler, all) => {
    const engine = new RacingEngine(scheduler, mutant);
    const running = Promise.all(all.map((step) => engine.run(step)));
    await Promise.all([running, scheduler.waitFor(running)]);
  });
}

describe('OperationCache under races', () => {
  it('never misses an acknowledged write', async () => {
    await fc.assert(neverMisses('none'), { seed, numRuns: 3_000 });
  });

  it.each([
    'token taken after the read',
    'writes told after the acknowledgement',
    'writes not told',
  ] as const)('the property catches: %s', async (mutant) => {
    const result = await fc.check(neverMisses(mutant), { seed, numRuns: 3_000 });
    expect(result.failed, `seed ${seed}: the mutant was not noticed`).toBe(true);
    expect(String(result.errorInstance)).toMatch(/read v\d+ after v\d+ was acknowledged/);
  });
});
