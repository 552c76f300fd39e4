import { TransactionStateError } from '../errors.ts';

/** Named places in the log of a transaction, newest last, with the semantics of SQL savepoints. */
export class SavepointStack {
  #stack: { readonly name: string; readonly length: number }[] = [];

  names(): readonly string[] {
    return this.#stack.map(({ name }) => name);
  }

  set(name: string, length: number): void {
    this.#stack.push({ name, length });
  }

  /** The log length of the newest savepoint of that name, which stays; those after it are gone. */
  rollbackTo(name: string): number {
    const index = this.#find(name);
    const length = this.#stack[index]?.length ?? 0;
    this.#stack.length = index + 1;
    return length;
  }

  /** The newest savepoint of that name and those after it are gone. */
  release(name: string): void {
    this.#stack.length = this.#find(name);
  }

  #find(name: string): number {
    const index = this.#stack.findLastIndex((savepoint) => savepoint.name === name);
    if (index >= 0) return index;
    throw new TransactionStateError(`there is no savepoint ${JSON.stringify(name)}`, {
      data: { savepoints: this.names() },
      remedy: 'Name a savepoint that was set and neither released nor rolled back past.',
    });
  }
}
