import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Tracing } from '../tracing/tracing.ts';

/** One span per operation; what its resolvers ask of the engine belongs to it. */
export function useOperationSpans(tracing: Tracing): Plugin {
  const traced =
    <T>(execute: (args: ExecutionArgs) => T) =>
    (args: ExecutionArgs): T => {
      const operation = getOperationAST(args.document, args.operationName);
      return tracing.operation(
        operation?.operation ?? 'unknown',
        operation?.name?.value ?? null,
        () => execute(args),
      );
    };
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(traced(executeFn));
    },
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn(traced(subscribeFn));
    },
  };
}
