import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import { MemorySystemError } from '../engine/index.ts';
import type { Logger } from './logger.ts';

export type MaskError = (error: unknown) => GraphQLError;

/**
 * Decides once what the network may see of an error: errors of the engine with their code, GraphQL's own errors as
 * they are, and nothing of any other but an id under which the log has it.
 */
export function createErrorMasking(logger: Logger): MaskError {
  return (error) => {
    const cause = rootOf(error);
    if (cause instanceof MemorySystemError && cause.code !== 'INTERNAL')
      return expected(cause, error);
    // The outer one says more: which variable, which field, which status.
    if (cause instanceof GraphQLError) return error instanceof GraphQLError ? error : cause;
    const errorId = randomUUID();
    logger.error({ errorId, err: cause }, 'unexpected error');
    return new GraphQLError('Unexpected error. The operator finds it in the log by its id.', {
      ...locationOf(error),
      extensions: { code: 'INTERNAL', errorId, retryable: false, unexpected: true },
    });
  };
}

/** GraphQL wraps what a resolver throws, sometimes twice. */
export function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError !== undefined)
    root = root.originalError;
  return root;
}

function expected(cause: MemorySystemError, error: unknown): GraphQLError {
  return new GraphQLError(cause.message, {
    ...locationOf(error),
    extensions: {
      ...cause.data,
      code: cause.code,
      retryable: cause.retryable,
      ...(cause.remedy === undefined ? {} : { remedy: cause.remedy }),
    },
  });
}

function locationOf(error: unknown): GraphQLErrorOptions {
  if (!(error instanceof GraphQLError)) return {};
  const { nodes, source, positions, path } = error;
  return { nodes: nodes ?? null, source, positions, path };
}
