import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getDirectiveValues,
  getOperationAST,
  getVariableValues,
} from 'graphql';
import type { IsolationLevel, OpenTransaction } from '../engine/index.ts';
import { enterTransaction, type RequestContext } from '../resolvers/context.ts';
import { type FieldFailure, TransactionScope } from '../resolvers/transaction-scope.ts';
import { transactionName } from '../resolvers/transactions.ts';
import { TRANSACTION_DIRECTIVE } from '../schema/transaction-directive.ts';
import { type MaskError, rootOf } from './error-masking.ts';
import type { ServerContext } from './server-context.ts';

/** Every field of a document is ours and nothing was committed, so running it again is safe. */
const MAX_RETRIES = 3;

/** What `@transaction` on an operation asks for. */
export interface DocumentTransactionTerms {
  readonly isolation: IsolationLevel;
  /** null = the configured one */
  readonly timeoutMs: number | null;
}

/** Null without the directive, and when the variables are wrong, which the execution itself reports. */
export function documentTransactionTerms(args: ExecutionArgs): DocumentTransactionTerms | null {
  const directive = args.schema.getDirective(TRANSACTION_DIRECTIVE);
  const operation = getOperationAST(args.document, args.operationName);
  if (!directive || !operation?.directives?.length) return null;
  const { coerced } = getVariableValues(
    args.schema,
    operation.variableDefinitions ?? [],
    args.variableValues ?? {},
  );
  if (coerced === undefined) return null;
  const values = getDirectiveValues(directive, operation, coerced);
  if (values === undefined) return null;
  return {
    isolation: (values['isolation'] as IsolationLevel | null | undefined) ?? 'READ_COMMITTED',
    timeoutMs: (values['timeoutMs'] as number | null | undefined) ?? null,
  };
}

type Execute = (context: RequestContext) => Promise<ExecutionResult>;

/** Runs all fields of a document in one transaction. Resolves in any case, with an answer that is true of the store. */
export async function runDocumentTransaction(
  terms: DocumentTransactionTerms,
  context: RequestContext & Pick<ServerContext, 'running'>,
  execute: Execute,
  maskError: MaskError,
): Promise<ExecutionResult> {
  const attempt = new DocumentAttempt(context, execute, maskError);
  try {
    const { value, info, cursor, retries } = await context.memories.runTransaction(
      (open) => {
        context.running?.entered(open.info().id);
        return attempt.run(open);
      },
      {
        isolation: terms.isolation,
        timeoutMs: terms.timeoutMs ?? context.limits.transactionTimeoutMs,
        maxRetries: MAX_RETRIES,
      },
    );
    const transaction = {
      name: transactionName(info.id),
      state: info.state.toUpperCase(),
      isolation: info.effectiveIsolation,
      cursor,
      retries,
    };
    return { ...value, extensions: { ...value.extensions, transaction } };
  } catch (error) {
    return attempt.failed(error);
  }
}

/** The newest attempt to run a document. */
class DocumentAttempt {
  readonly #context: RequestContext;
  readonly #execute: Execute;
  readonly #maskError: MaskError;
  #open: OpenTransaction | null = null;
  #failure: FieldFailure | null = null;

  constructor(context: RequestContext, execute: Execute, maskError: MaskError) {
    this.#context = context;
    this.#execute = execute;
    this.#maskError = maskError;
  }

  /** Throws what failed first, so that the transaction is rolled back, or run again after a conflict. */
  async run(open: OpenTransaction): Promise<ExecutionResult> {
    this.#open = open;
    this.#failure = null;
    const scope = new TransactionScope(open, 'document', this.#context.memories);
    const result = await this.#execute(enterTransaction(this.#context, scope));
    this.#failure = scope.failure ?? firstError(result);
    if (this.#failure === null) return result;
    const { error } = this.#failure;
    // Only one error is told, but the log keeps every unexpected one.
    for (const other of result.errors ?? []) if (rootOf(other) !== error) this.#maskError(other);
    throw error;
  }

  /** The whole answer is one error: what fields answered was never stored, so it must not be told. */
  failed(error: unknown): ExecutionResult {
    const failure = this.#causeOf(error);
    const { message, extensions } = this.#maskError(failure?.error ?? error);
    const info = this.#open?.info();
    return {
      data: null,
      errors: [new GraphQLError(message, { path: failure?.path ?? null, extensions })],
      extensions: {
        transaction: {
          name: info === undefined ? null : transactionName(info.id),
          state: info?.state.toUpperCase() ?? 'FAILED',
          isolation: info?.effectiveIsolation ?? null,
          failedPath: failure?.path ?? null,
        },
      },
    };
  }

  /** The field that the error came from; null when the begin or the commit failed. The engine wraps foreign errors. */
  #causeOf(error: unknown): FieldFailure | null {
    const own = this.#failure?.error;
    const wraps = error instanceof Error && error.cause === own;
    return own !== undefined && (error === own || wraps) ? this.#failure : null;
  }
}

function firstError({ errors }: ExecutionResult): FieldFailure | null {
  const first = errors?.[0];
  return first === undefined ? null : { error: rootOf(first), path: first.path ?? [] };
}
