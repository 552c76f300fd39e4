import { isUtf8 } from 'node:buffer';
import type { GraphQLParams } from 'graphql-yoga';

export type OperationParams = GraphQLParams & { readonly query: string };

const PARAMETERS = new Set(['query', 'variables', 'operationName', 'extensions']);

/** One well-formed operation; null for a batch and for everything that must be refused, whose words Yoga knows. */
export function readParams(body: Buffer): OperationParams | null {
  const params = parse(body);
  if (!isObject(params) || !Object.keys(params).every((name) => PARAMETERS.has(name))) return null;
  const { query, variables, operationName, extensions } = params;
  if (
    typeof query !== 'string' ||
    !(variables == null || isObject(variables)) ||
    !(extensions == null || isObject(extensions)) ||
    !(operationName == null || typeof operationName === 'string')
  )
    return null;
  return { ...params, query };
}

function parse(body: Buffer): unknown {
  if (!isUtf8(body)) return null;
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
