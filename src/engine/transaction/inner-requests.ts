import { IdempotencyMismatchError } from '../errors.ts';
import type { InnerRequest, WriteUnit } from '../model/unit-of-work.ts';
import type { OperationOutcome } from '../model/unit-outcome.ts';

type AnsweredRequest = InnerRequest & { readonly outcomes: readonly OperationOutcome[] };

/** Idempotent requests that a transaction has answered; with its commit they become answers that everybody gets. */
export class InnerRequests {
  #requests: readonly AnsweredRequest[] = [];

  /** What the request was answered before; undefined: it is new. IdempotencyMismatchError when the key stands for another one. */
  answerOf({
    key,
    requestHash,
  }: NonNullable<WriteUnit['idempotency']>): readonly OperationOutcome[] | undefined {
    const own = this.#requests.find((request) => request.key === key);
    if (own === undefined || own.requestHash === requestHash) return own?.outcomes;
    throw new IdempotencyMismatchError(
      `idempotency key ${JSON.stringify(key)} was used before with another request`,
      { data: { idempotencyKey: key }, remedy: 'Use a new key for a new request.' },
    );
  }

  add(request: AnsweredRequest): void {
    this.#requests = [...this.#requests, request];
  }

  /** Forgets the requests whose operations are after the first `length` of the log. */
  truncate(length: number): void {
    this.#requests = this.#requests.filter(({ first }) => first < length);
  }

  /** As they travel with the commit; undefined for none. */
  toUnit(): readonly InnerRequest[] | undefined {
    if (this.#requests.length === 0) return undefined;
    return this.#requests.map(({ outcomes: _, ...request }) => request);
  }
}
