/** A write between `prepare` and its outcome. */
interface GuardedWrite {
  readonly names: ReadonlySet<string>;
  /** Cache epoch of its `prepare`. */
  readonly epoch: number | null;
  /** Redis said that the values are dropped. */
  fenced: boolean;
  committed: boolean;
}

/**
 * Memories that this process is about to change. The fence in Redis can be lost (FLUSHALL, eviction, a restart); this one cannot,
 * and since only this process writes, it is enough: whoever asks for a guarded memory reads the database and keeps nothing.
 *
 * A memory is guarded from `begin` until its write is aborted or committed. If Redis never confirmed the fence of a committed write,
 * an old value may still be there: then the guard stands until the value is surely dropped or the cache epoch moves on.
 * So what is kept are the memories of writes under way, and of unfenced ones for which the caller has not moved the epoch yet.
 */
export class WriteGuard {
  readonly #writes = new Map<string, GuardedWrite>();
  /** How many writes guard a memory. */
  readonly #memories = new Map<string, number>();

  /** Memories guarded now. */
  get size(): number {
    return this.#memories.size;
  }

  covers(name: string): boolean {
    return this.#memories.has(name);
  }

  /** Again for the same transaction: its earlier names stay guarded too. */
  begin(txid: string, names: readonly string[], epoch: number | null): void {
    const earlier = this.#writes.get(txid)?.names ?? [];
    this.release(txid);
    const write = {
      names: new Set([...earlier, ...names]),
      epoch,
      fenced: false,
      committed: false,
    };
    this.#writes.set(txid, write);
    for (const name of write.names) this.#memories.set(name, (this.#memories.get(name) ?? 0) + 1);
  }

  /** Redis dropped the values and holds the fence. */
  fenced(txid: string): void {
    const write = this.#writes.get(txid);
    if (write === undefined) return;
    write.fenced = true;
    if (write.committed) this.release(txid);
  }

  /** Readers find the new values in the database from now on. */
  committed(txid: string, epoch: number | null): void {
    const write = this.#writes.get(txid);
    if (write === undefined) return;
    write.committed = true;
    if (write.fenced || write.epoch !== epoch) this.release(txid);
  }

  /** Everything kept before is out of reach. Writes without an outcome stay guarded: they may be read and kept under the new epoch. */
  epochMoved(): void {
    for (const [txid, write] of this.#writes) if (write.committed) this.release(txid);
  }

  release(txid: string): void {
    const write = this.#writes.get(txid);
    if (write === undefined) return;
    this.#writes.delete(txid);
    for (const name of write.names) {
      const others = (this.#memories.get(name) ?? 1) - 1;
      if (others === 0) this.#memories.delete(name);
      else this.#memories.set(name, others);
    }
  }
}
