import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Bounds the operations of one batched request; each of them has its own context and loaders. A subscription is refused there, since
 * nobody would read its stream: the answer of a batch is one list.
 */
export function useBatchLimit(limit: number): Plugin<{ readonly request?: Request | undefined }> {
  const batched = new WeakSet<Request>();
  return {
    onRequestParse({ request }) {
      return {
        onRequestParseDone({ requestParserResult }) {
          if (!Array.isArray(requestParserResult)) return;
          batched.add(request);
          if (requestParserResult.length <= limit) return;
          throw new GraphQLError(
            `The batch holds ${requestParserResult.length} operations, ${limit} are allowed.`,
            {
              extensions: { code: 'BATCH_LIMIT_EXCEEDED', limit, http: { status: 413 } },
            },
          );
        },
      };
    },
    onSubscribe({ args }) {
      const { request } = args.contextValue;
      if (request === undefined || !batched.has(request)) return;
      throw new GraphQLError('A subscription cannot be part of a batch.', {
        extensions: { code: 'BAD_REQUEST', remedy: 'Send it in a request of its own.' },
      });
    },
  };
}
