import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../../resolvers/context.ts';
import type { ServerContext } from '../server-context.ts';

/** Keeps a note of each operation, when the request asks for notes at all. */
export function useOperationNotes(): Plugin<RequestContext & ServerContext, ServerContext> {
  return {
    onParams({ context }) {
      // The fast lane has begun what it leaves to Yoga.
      if (context.notes !== null) context.running ??= context.notes.begin();
    },
    onExecute({ args }) {
      args.contextValue.running?.started(args);
    },
    onSubscribe({ args }) {
      args.contextValue.running?.started(args);
    },
    onExecutionResult({ result, context }) {
      if (result !== undefined && !Array.isArray(result)) context.running?.ended(result);
    },
  };
}
