import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { DateTimeResolver } from 'graphql-scalars';
import { builder } from './builder.ts';
import { literalToJson, toJsonSafe } from './json-scalar.ts';

const MAX_CURSOR_LENGTH = 256;

builder.addScalarType(
  'JSON',
  new GraphQLScalarType({
    name: 'JSON',
    description:
      'Any JSON value. An integer beyond 2^53 is given as a string of its digits, because JSON readers would round it; ' +
      '`valueText` is exact. Such an integer is accepted as a literal in the document, but refused in variables, ' +
      'where it may already be rounded: send it as `valueText`.',
    serialize: toJsonSafe,
    parseValue: (value) => value,
    parseLiteral: literalToJson,
  }),
);

builder.addScalarType(
  'DateTime',
  new GraphQLScalarType({
    ...DateTimeResolver.toConfig(),
    // As text at once: JSON.stringify asks each Date for it in a roundabout way.
    serialize: (value) => (DateTimeResolver.serialize(value) as Date).toISOString(),
    description:
      'A moment in RFC 3339 form with millisecond precision, `2026-11-22T10:30:00.000Z`; answers are in UTC.',
  }),
);

builder.addScalarType(
  'UnitInterval',
  new GraphQLScalarType({
    name: 'UnitInterval',
    description: 'A number from 0 to 1, both included.',
    serialize: (value) => unitInterval(value),
    parseValue: (value) => unitInterval(value),
    parseLiteral: (node) => unitInterval(numberOf(node)),
  }),
);

builder.addScalarType(
  'ChangeCursor',
  new GraphQLScalarType({
    name: 'ChangeCursor',
    description:
      'Opaque position in the change log of one namespace. It grows with every commit, survives restarts, ' +
      'and expires when the log is trimmed or the store is restored from a backup.',
    serialize: (value) => String(value),
    parseValue: (value) => cursor(value),
    parseLiteral: (node) => cursor(node.kind === Kind.STRING ? node.value : undefined),
  }),
);

function unitInterval(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new GraphQLError('UnitInterval must be a number from 0 to 1.');
}

function numberOf(node: ValueNode): number | undefined {
  return node.kind === Kind.INT || node.kind === Kind.FLOAT ? Number(node.value) : undefined;
}

function cursor(value: unknown): string {
  if (typeof value === 'string' && value.length <= MAX_CURSOR_LENGTH) return value;
  throw new GraphQLError(
    `ChangeCursor must be a string of at most ${MAX_CURSOR_LENGTH} characters.`,
  );
}
