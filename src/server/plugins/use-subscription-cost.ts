import { complexityFromQuery } from '@pothos/plugin-complexity';
import { type DocumentNode, getOperationAST, Kind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../../resolvers/context.ts';
import { costError } from '../../schema/cost.ts';

/**
 * The schema checks the cost of a subscription with each event only; this refuses it before it starts, so that an
 * expensive one is told at once and holds no slot.
 */
export function useSubscriptionCost(): Plugin<RequestContext> {
  return {
    onSubscribe({ args }) {
      const { complexity } = complexityFromQuery(onlyOperation(args.document, args.operationName), {
        schema: args.schema,
        variables: args.variableValues ?? {},
        ctx: args.contextValue,
      });
      const limit = args.contextValue.limits.cost;
      if (complexity > limit) throw costError('Complexity', { complexity, maxComplexity: limit });
    },
  };
}

/** The plugin measures the first operation of a document, which need not be the one that runs. */
function onlyOperation(
  document: DocumentNode,
  operationName: string | null | undefined,
): DocumentNode {
  const operation = getOperationAST(document, operationName);
  if (!operation) return document;
  return {
    ...document,
    definitions: [
      operation,
      ...document.definitions.filter((node) => node.kind !== Kind.OPERATION_DEFINITION),
    ],
  };
}
