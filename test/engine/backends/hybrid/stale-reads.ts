import { setImmediate } from 'node:timers/promises';
import type { Memory, MemoryOperations } from '../../../../src/engine/index.ts';

const KEYS = ['a', 'b', 'c', 'd'].map((name) => `working_${name}`);
const WRITERS = 3;
const READERS = 6;
/** Turns of the event loop between two writes of a writer: so that there is time for hits. */
const WRITER_TURNS = 300;

/** A version of a life of a memory; a deletion is its last one. Of a key these follow each other in the order of their commits. */
interface Position {
  readonly id: number;
  readonly version: number;
}

interface EmptyRead {
  /** Of the newest write acknowledged before. */
  readonly after: Position;
  readonly endedAt: number;
}

/** Writers and readers of a few keys, with a check of each read against the writes acknowledged before it began. */
export class StaleReadCheck {
  readonly #memories: MemoryOperations;
  readonly #random: (below: number) => number;
  readonly #newest = new Map<string, Position>();
  readonly #empty = new Map<string, EmptyRead[]>();
  readonly #deletions = new Map<string, { readonly id: number; readonly begunAt: number }[]>();
  /** When the deletions of a key began that are under way. */
  readonly #deleting = new Map<string, number[]>();
  #clock = 0;
  #isOver = false;
  #stale = 0;
  reads = 0;
  writes = 0;

  constructor(memories: MemoryOperations, random: (below: number) => number) {
    this.#memories = memories;
    this.#random = random;
  }

  /** Until `disturb` ends. */
  async run(disturb: () => Promise<void>): Promise<void> {
    const workers = [
      ...Array.from({ length: WRITERS }, () => this.#repeat(() => this.#write(), WRITER_TURNS)),
      ...Array.from({ length: READERS }, () => this.#repeat(() => this.#read(), 6)),
    ];
    const all = Promise.all(workers);
    try {
      await Promise.race([disturb(), all]);
    } finally {
      this.#isOver = true;
      await all;
    }
  }

  /** Reads that gave something older; what found nothing must be explained by a deletion that had begun, or may be by one under way. */
  get stale(): number {
    let unexplained = 0;
    for (const [key, reads] of this.#empty) {
      const deletions = this.#deletions.get(key) ?? [];
      const underWay = this.#deleting.get(key) ?? [];
      for (const { after, endedAt } of reads)
        if (
          !deletions.some(({ id, begunAt }) => id >= after.id && begunAt <= endedAt) &&
          !underWay.some((begunAt) => begunAt <= endedAt)
        )
          unexplained += 1;
    }
    return this.#stale + unexplained;
  }

  async moreReads(most: number): Promise<void> {
    const target = this.reads + this.#random(most);
    while (this.reads < target) await setImmediate();
  }

  async moreWrites(count: number): Promise<void> {
    const target = this.writes + count;
    while (this.writes < target) await setImmediate();
  }

  /** Waits for the first read that was too old, for so many writes at most: reads outrun writes by far on a slow disk. */
  async firstStale(mostWrites: number): Promise<void> {
    while (this.stale === 0 && this.writes < mostWrites) await setImmediate();
  }

  async #repeat(step: () => Promise<void>, mostTurns: number): Promise<void> {
    while (!this.#isOver) {
      await step();
      for (let turns = this.#random(mostTurns); turns > 0; turns -= 1) await setImmediate();
    }
  }

  async #write(): Promise<void> {
    const key = this.#pick();
    const dice = this.#random(10);
    this.writes += 1;
    if (dice < 4) {
      const { memory } = await this.#memories.store({ key, value: { n: this.writes } });
      this.#acknowledge(key, memory);
      return;
    }
    const begunAt = this.#tick();
    try {
      if (dice < 6) {
        const { memory } = await this.#memories.update({ by: { key }, valuePatch: { seen: true } });
        this.#acknowledge(key, memory);
      } else if (dice < 8) {
        const { memory } = await this.#memories.increment({ by: { key }, path: 'n' });
        this.#acknowledge(key, memory);
      } else {
        append(this.#deleting, key, begunAt);
        const { deleted } = await this.#memories.delete({ by: { key } });
        append(this.#deletions, key, { id: deleted.id, begunAt });
        this.#acknowledge(key, { id: deleted.id, version: Number.POSITIVE_INFINITY });
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'NOT_FOUND')) throw error;
    } finally {
      const others = this.#deleting.get(key)?.filter((begun) => begun !== begunAt) ?? [];
      this.#deleting.set(key, others);
    }
  }

  async #read(): Promise<void> {
    const keys = this.#random(2) === 0 ? [this.#pick()] : KEYS;
    const before = keys.map((key) => this.#newest.get(key));
    const [only] = keys;
    const found =
      keys.length === 1 && only !== undefined
        ? [await this.#memories.get({ key: only })]
        : await this.#memories.getMany(keys.map((key) => ({ key })));
    const endedAt = this.#tick();
    this.reads += 1;
    for (const [index, key] of keys.entries())
      this.#judge(key, before[index], found[index] ?? null, endedAt);
  }

  #judge(key: string, after: Position | undefined, found: Memory | null, endedAt: number): void {
    if (after === undefined) return;
    if (found !== null) {
      if (isOlder(found, after)) this.#stale += 1;
    } else if (after.version !== Number.POSITIVE_INFINITY)
      append(this.#empty, key, { after, endedAt });
  }

  #acknowledge(key: string, { id, version }: Position): void {
    const known = this.#newest.get(key);
    if (known === undefined || isOlder(known, { id, version }))
      this.#newest.set(key, { id, version });
  }

  #pick(): string {
    return KEYS[this.#random(KEYS.length)] ?? 'working_a';
  }

  #tick(): number {
    this.#clock += 1;
    return this.#clock;
  }
}

function isOlder(left: Position, right: Position): boolean {
  return left.id < right.id || (left.id === right.id && left.version < right.version);
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
