/** Runs one thing after another, in the order asked for, whatever came of those before. */
export class Turns {
  readonly #onIdle: () => void;
  #tail: Promise<unknown> = Promise.resolve();
  #underWay = 0;

  /** `onIdle` is called whenever the last one has ended. */
  constructor(onIdle: () => void) {
    this.#onIdle = onIdle;
  }

  /** Those that run or wait. */
  get underWay(): number {
    return this.#underWay;
  }

  take<T>(run: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    const result = this.#tail.then(run);
    const settle = (): void => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#onIdle();
    };
    this.#tail = result.then(settle, settle);
    return result;
  }
}
