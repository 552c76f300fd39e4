/** The `limit` ids with the smallest distances of all that are offered, equal distances by the smaller id. */
export class NearestList {
  readonly #limit: number;
  readonly #ids: number[] = [];
  readonly #distances: number[] = [];
  #worst = Number.POSITIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(id: number, distance: number): void {
    if (distance > this.#worst) return;
    let place = this.#ids.length;
    while (place > 0 && this.#isBehind(place - 1, id, distance)) place -= 1;
    this.#ids.splice(place, 0, id);
    this.#distances.splice(place, 0, distance);
    if (this.#ids.length > this.#limit) {
      this.#ids.pop();
      this.#distances.pop();
    }
    if (this.#ids.length === this.#limit)
      this.#worst = this.#distances[this.#limit - 1] ?? Number.POSITIVE_INFINITY;
  }

  /** Nearest first. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  #isBehind(place: number, id: number, distance: number): boolean {
    const other = this.#distances[place] ?? 0;
    return other > distance || (other === distance && (this.#ids[place] ?? 0) > id);
  }
}
