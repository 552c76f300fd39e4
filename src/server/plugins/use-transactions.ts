import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { TransactionStateError } from '../../engine/index.ts';
import { enterTransaction, type RequestContext } from '../../resolvers/context.ts';
import { TransactionScope } from '../../resolvers/transaction-scope.ts';
import { documentTransactionTerms, runDocumentTransaction } from '../document-transaction.ts';
import type { MaskError } from '../error-masking.ts';
import type { ServerContext } from '../server-context.ts';

/**
 * Runs an operation inside the open transaction it names, or all its fields in one of its own. An id that opens nothing
 * is an error of the execution: the request is well formed, so it is answered with 200 and `data: null`, and nothing ran.
 */
export function useTransactions(maskError: MaskError): Plugin<RequestContext & ServerContext> {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const terms = documentTransactionTerms(args);
      const { transactionId } = args.contextValue;
      if (terms === null && transactionId === null) return;
      setExecuteFn(async (execution: ExecutionArgs) => {
        const context = execution.contextValue as RequestContext & ServerContext;
        const execute = async (inside: RequestContext): Promise<ExecutionResult> =>
          await executeFn({ ...execution, contextValue: inside });
        try {
          if (terms === null) return await execute(enterOpen(context, transactionId ?? ''));
          if (transactionId !== null) throw nested();
          return await runDocumentTransaction(terms, context, execute, maskError);
        } catch (error) {
          return { data: null, errors: [asGraphqlError(error)] };
        }
      });
    },
    onSubscribe({ args }) {
      if (args.contextValue.transactionId === null) return;
      throw new TransactionStateError('a subscription cannot be part of a transaction', {
        remedy: 'Subscribe without the id of the transaction: changes are told when they commit.',
      });
    },
  };
}

/** Throws TransactionStateError when no open transaction of the namespace has the id. */
function enterOpen(context: RequestContext & ServerContext, id: string): RequestContext {
  const open = context.memories.findTransaction(id);
  context.running?.entered(id);
  return enterTransaction(context, new TransactionScope(open, 'client', context.memories));
}

function nested(): TransactionStateError {
  return new TransactionStateError('@transaction cannot be used inside an open transaction', {
    remedy: 'Leave out either the directive or the id of the transaction.',
  });
}

/** Masked like any other error on its way out. */
function asGraphqlError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}
