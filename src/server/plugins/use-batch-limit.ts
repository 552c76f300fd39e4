import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Bounds the operations of one batched request; each of them has its own context and loaders. */
export function useBatchLimit(limit: number): Plugin {
  return {
    onRequestParse() {
      return {
        onRequestParseDone({ requestParserResult }) {
          if (!Array.isArray(requestParserResult) || requestParserResult.length <= limit) return;
          throw new GraphQLError(
            `The batch holds ${requestParserResult.length} operations, ${limit} are allowed.`,
            {
              extensions: { code: 'BATCH_LIMIT_EXCEEDED', limit, http: { status: 413 } },
            },
          );
        },
      };
    },
  };
}
