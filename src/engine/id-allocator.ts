/** Ids taken from the writer at once: each time costs an fsync, and an unused id costs nothing. */
const BLOCK = 256;

/** Ids for memories that transactions create, so that a memory has its final id before it is committed. */
export class IdAllocator {
  readonly #reserve: (count: number) => Promise<number>;
  #next = 0;
  #end = 0;

  /** `reserve` answers the first of `count` consecutive ids. */
  constructor(reserve: (count: number) => Promise<number>) {
    this.#reserve = reserve;
  }

  /** `count` ids, ascending. */
  async take(count: number): Promise<readonly number[]> {
    while (this.#end - this.#next < count) {
      const size = Math.max(BLOCK, count);
      const first = await this.#reserve(size);
      // Somebody else may have filled it meanwhile; then this block is the one that is used up first.
      if (this.#end - this.#next < count) {
        this.#next = first;
        this.#end = first + size;
      }
    }
    const first = this.#next;
    this.#next += count;
    return Array.from({ length: count }, (_, index) => first + index);
  }
}
