import { type ExecutionArgs, type GraphQLError, getOperationAST } from 'graphql';
import { transactionName } from '../resolvers/transactions.ts';

/** Longer names are cut: a name is for people. */
const MAX_NAME_LENGTH = 128;

/** What the log tells of one operation: nothing that the client wrote but the name in its document. */
export interface OperationNote {
  /** null = anonymous, or the document could not be read. */
  readonly operation: string | null;
  readonly kind: string | null;
  /** OK, STREAM for a subscription that started, or the code of the first error. */
  readonly outcome: string;
  /** Name of the transaction it ran in, the beginning of its id; null = none. */
  readonly transaction: string | null;
  readonly tookMs: number;
}

/** The part of a result that its outcome is read from. */
interface Outcome {
  readonly errors?: readonly Pick<GraphQLError, 'extensions'>[] | undefined;
}

/** One operation while it runs; until it ends, its note says that the request itself was refused. */
export class RunningOperation {
  readonly #start = performance.now();
  #note: OperationNote = {
    operation: null,
    kind: null,
    outcome: 'BAD_REQUEST',
    transaction: null,
    tookMs: 0,
  };

  get note(): OperationNote {
    return this.#note;
  }

  started({ document, operationName }: ExecutionArgs): void {
    const operation = getOperationAST(document, operationName);
    this.#note = {
      ...this.#note,
      operation: operation?.name?.value.slice(0, MAX_NAME_LENGTH) ?? null,
      kind: operation?.operation ?? null,
    };
  }

  /** The transaction was found or begun; an id that the client made up never comes here. */
  entered(transactionId: string): void {
    this.#note = { ...this.#note, transaction: transactionName(transactionId) };
  }

  ended(result: Outcome | AsyncIterable<unknown>): void {
    this.#note = {
      ...this.#note,
      outcome: Symbol.asyncIterator in result ? 'STREAM' : outcomeOf(result),
      tookMs: Math.round(performance.now() - this.#start),
    };
  }
}

/** The operations of one request: one, or those of a batch. */
export class OperationNotes {
  readonly #operations: RunningOperation[] = [];

  begin(): RunningOperation {
    const operation = new RunningOperation();
    this.#operations.push(operation);
    return operation;
  }

  get operations(): readonly OperationNote[] {
    return this.#operations.map(({ note }) => note);
  }
}

function outcomeOf({ errors }: Outcome): string {
  const first = errors?.[0];
  return first === undefined ? 'OK' : String(first.extensions['code'] ?? 'GRAPHQL_ERROR');
}
