import { expect, it } from 'vitest';
import type { ReadKind } from '../../../src/engine/backends/read-map.ts';
import type { ReadRequest } from '../../../src/engine/pool/protocol.ts';
import { ReadAdmission } from '../../../src/engine/pool/read-admission.ts';
import type { PendingRead } from '../../../src/engine/pool/read-queue.ts';

const PATIENCE_MS = 5_000;
const RECALL_MS = 20;

class Pool {
  #now = 0;
  shed = 0;
  readonly admission = new ReadAdmission(
    PATIENCE_MS,
    () => {
      this.shed += 1;
    },
    () => this.#now,
  );

  /** One turn of the event loop. */
  turn(...kinds: readonly ReadKind[]): readonly PendingRead[] {
    const reads = kinds.map((kind) => {
      const pending = this.admission.add({
        kind,
        args: null,
        deadline: 1e15,
      } as unknown as ReadRequest);
      pending.answer.catch(() => undefined);
      return pending;
    });
    this.admission.decide(1);
    return reads;
  }

  /** The reader works on the first of those that wait; returns their number. */
  work(ms: number): number {
    let done = 0;
    for (const end = this.#now + ms; this.#now < end; this.#now += RECALL_MS) {
      const [next] = this.admission.queue.take(1);
      if (next === undefined) continue;
      const tookMs = next.request.kind === 'recall' ? RECALL_MS : 0;
      this.admission.answered([next], [{ result: [], tookMs }]);
      next.resolve([]);
      done += 1;
    }
    return done;
  }
}

const recalls = (count: number): readonly ReadKind[] => Array<ReadKind>(count).fill('recall');

/** A pool that knows what a recall costs, and that five times as much is asked of as it can do. */
function overload(): Pool {
  const pool = new Pool();
  for (let index = 0; index < 4; index += 1) {
    pool.turn('recall');
    pool.work(RECALL_MS);
  }
  for (let index = 0; pool.shed === 0 && index < 100; index += 1) {
    pool.turn(...recalls(25));
    pool.work(100);
  }
  expect(pool.shed).toBeGreaterThan(0);
  return pool;
}

it('lets the reads of one turn in together, however many they are, and refuses them together', async () => {
  const burst = new Pool();
  burst.turn(...recalls(1_000));
  expect(burst.admission.queue.length).toBe(1_000);

  const pool = overload();
  const before = pool.shed;
  const refused = pool.turn('recall', 'list', 'recall');
  expect(pool.shed - before).toBe(3);
  for (const { answer } of refused)
    await expect(answer).rejects.toMatchObject({ code: 'OVERLOADED', retryable: true });
});

it('refuses no read that follows on others, belongs to a write or is asked by the engine', () => {
  const pool = overload();
  const { shed } = pool;
  const { length } = pool.admission.queue;
  pool.turn(
    'getMany',
    'links',
    'personas',
    'duplicates',
    'changes',
    'outbox',
    'unembedded',
    'summary',
  );
  expect(pool.shed).toBe(shed);
  expect(pool.admission.queue.length).toBe(length + 8);
});

it('answers whom it has let in, and then lets others in', async () => {
  const pool = overload();
  const waiting = pool.admission.queue.length;
  expect(waiting).toBeGreaterThan(0);
  // Nobody waits longer than four fifths of the time that a read waits at most.
  expect(waiting * RECALL_MS).toBeLessThanOrEqual((PATIENCE_MS * 4) / 5);
  const { shed } = pool;
  expect(pool.work(waiting * RECALL_MS)).toBe(waiting);
  pool.turn(...recalls(256));
  expect(pool.shed).toBe(shed);
  expect(pool.admission.queue.length).toBe(256);
});
