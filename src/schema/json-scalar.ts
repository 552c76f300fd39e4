import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { MAX_JSON_DEPTH } from '../engine/index.ts';
import { StoredJson } from '../resolvers/stored-json.ts';

/** Returns the value itself unless it holds a bigint; only then parts of it are copied. */
export function toJsonSafe(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof StoredJson) return value;
  return Array.isArray(value) ? safeList(value) : safeObject(value);
}

function safeList(list: readonly unknown[]): readonly unknown[] {
  let changed = false;
  const copy = list.map((item) => {
    const safe = toJsonSafe(item);
    if (safe !== item) changed = true;
    return safe;
  });
  return changed ? copy : list;
}

function safeObject(object: object): object {
  let copy: Record<string, unknown> | undefined;
  for (const [key, child] of Object.entries(object)) {
    const safe = toJsonSafe(child);
    if (safe === child) continue;
    copy ??= { ...object };
    copy[key] = safe;
  }
  return copy ?? object;
}

type Variables = Readonly<Record<string, unknown>> | null | undefined;

/** A literal in the document; integers beyond 2^53 stay exact as bigint. Depth is bounded, as the parser's stack is. */
export function literalToJson(node: ValueNode, variables: Variables, depth = 0): unknown {
  if (depth > MAX_JSON_DEPTH)
    throw new GraphQLError(`JSON is nested deeper than ${MAX_JSON_DEPTH} levels.`, { nodes: node });
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
      return integerLiteral(node.value);
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.LIST:
      return node.values.map((item) => literalToJson(item, variables, depth + 1));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map((field) => [
          field.name.value,
          literalToJson(field.value, variables, depth + 1),
        ]),
      );
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    case Kind.ENUM:
      throw new GraphQLError(`JSON has no value ${node.value}; write it as a string.`, {
        nodes: node,
      });
  }
}

function integerLiteral(digits: string): number | bigint {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}
