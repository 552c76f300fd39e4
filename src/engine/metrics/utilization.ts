/** How much of their time the connections of a pool work. */
export class Utilization {
  readonly #now: () => number;
  #size: number;
  #busy = 0;
  /** Sum over all connections of their busy milliseconds since the last sample. */
  #busyMs = 0;
  #capacityMs = 0;
  #accountedAt: number;
  #last = 0;

  /** `now` gives milliseconds of a clock that never goes back; `size` is the number of connections. */
  constructor(size: number, now: () => number) {
    this.#size = size;
    this.#now = now;
    this.#accountedAt = now();
  }

  /** Connections at work right now. */
  get busy(): number {
    return this.#busy;
  }

  /** One more connection started to work. */
  begin(): void {
    this.#account();
    this.#busy += 1;
  }

  /** A connection finished; each call belongs to one `begin`. */
  end(): void {
    this.#account();
    this.#busy -= 1;
  }

  /** The pool grew or shrank. */
  resize(size: number): void {
    this.#account();
    this.#size = size;
  }

  /** Share of the connections' time spent working since the last sample, 0..100; the last value when no time has passed. */
  sample(): number {
    this.#account();
    if (this.#capacityMs > 0) {
      this.#last = Math.min(100, (this.#busyMs / this.#capacityMs) * 100);
      this.#busyMs = 0;
      this.#capacityMs = 0;
    }
    return this.#last;
  }

  #account(): void {
    const now = this.#now();
    const elapsed = now - this.#accountedAt;
    this.#busyMs += elapsed * this.#busy;
    this.#capacityMs += elapsed * this.#size;
    this.#accountedAt = now;
  }
}
