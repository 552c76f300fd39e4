import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { generate } from '@graphql-codegen/cli';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import {
  buildSchema as buildFromText,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import config from '../codegen.ts';
import { OPTIMIZATION_TYPES, SECTIONS } from '../src/engine/index.ts';
import { encodeGlobalId } from '../src/resolvers/global-id.ts';
import { buildSchema } from '../src/schema/index.ts';

const ROOT = new URL('../', import.meta.url);
const schema = buildSchema();
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

describe('the schema', () => {
  it('is valid', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it('is checked in as schema.graphql (else run: npx tsx scripts/print-schema.ts)', () => {
    expect(read('schema.graphql')).toBe(printed);
  });

  it('answers the id of a node at once, without a promise for each node of a list', () => {
    const type = schema.getType('Memory');
    const id = isObjectType(type) ? type.getFields()['id'] : undefined;
    const answer: unknown = id?.resolve?.({ id: 7 }, {}, {}, {} as GraphQLResolveInfo);
    expect(answer).toBe(encodeGlobalId('Memory', 7));
  });

  it('describes every type, field, argument and enum value', () => {
    expect(undescribed(schema)).toEqual([]);
  });

  it('finds what lacks a description', () => {
    const text = 'type Query { a(b: Int, "x" c: I): E }\n"x" input I { d: Int }\nenum E { F }';
    expect(undescribed(buildFromText(text))).toEqual([
      'Query',
      'Query.a',
      'Query.a(b)',
      'I.d',
      'E',
      'E.F',
    ]);
  });

  it('has nullable root fields, so that one failure leaves the others; only health cannot fail', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const strict = roots.flatMap((type) =>
      Object.values(type?.getFields() ?? {})
        .filter((field) => String(field.type).endsWith('!'))
        .map((field) => `${type?.name}.${field.name}`),
    );
    expect(strict).toEqual(['Query.health']);
  });

  it('gives every mutation one input and a union with the Error interface', () => {
    for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      expect(
        field.args.map((argument) => argument.name),
        field.name,
      ).toEqual(['input']);
      const members = text(field.type).split(' ');
      expect(
        members.some((member) => member.endsWith('Payload')),
        field.name,
      ).toBe(true);
      expect(members, field.name).toContain('ValidationError');
    }
  });

  it('knows every section and optimisation of the engine', () => {
    expect(valuesOf('Section')).toEqual([...SECTIONS].sort());
    expect(valuesOf('OptimizationType')).toEqual([...OPTIMIZATION_TYPES].sort());
  });

  function text(type: unknown): string {
    const union = schema.getType(String(type).replace('!', ''));
    return union === undefined || !('getTypes' in union)
      ? ''
      : union
          .getTypes()
          .map((member) => member.name)
          .join(' ');
  }

  function valuesOf(name: string): unknown[] {
    const type = schema.getType(name);
    return isEnumType(type)
      ? type
          .getValues()
          .map((value) => value.value)
          .sort()
      : [];
  }
});

describe('clients of the schema', () => {
  // From the text as clients get it: Inspector sees directives of a built schema differently.
  const current = buildFromText(printed);

  it('have typed documents that are current (else run: npm run codegen)', async () => {
    const files = await generate({ ...config, silent: true }, false);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files as { filename: string; content: string }[]) {
      expect(read(file.filename), file.filename).toBe(file.content);
    }
  });

  it('keep working: nothing that the last release had breaks', async () => {
    expect(await breaks(released(), current)).toEqual([]);
  });

  it('would be told of a break', async () => {
    const without = buildFromText(
      printed.replace('  valueText: String!\n', '  exactText: String!\n'),
    );
    expect(await breaks(current, without)).toEqual([
      "Field 'valueText' was removed from object type 'Memory'",
    ]);
  });
});

/** The schema at the last tag; before the first one, the file that the next release will carry. */
function released(): GraphQLSchema {
  const tag = lastTag();
  const fixture = read('test/fixtures/released-schema.graphql');
  return buildFromText(tag === null ? fixture : git('show', `${tag}:schema.graphql`));
}

function lastTag(): string | null {
  try {
    return git('describe', '--tags', '--abbrev=0').trim();
  } catch {
    // No tag yet, or no history (a packed copy): the fixture stands for it.
    return null;
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function breaks(before: GraphQLSchema, after: GraphQLSchema): Promise<string[]> {
  const changes = await diff(before, after);
  return changes
    .filter((change) => change.criticality.level === CriticalityLevel.Breaking)
    .map((change) => change.message);
}

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

function undescribed(checked: GraphQLSchema): string[] {
  return Object.values(checked.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .flatMap(undescribedIn);
}

function undescribedIn(type: GraphQLNamedType): string[] {
  const missing = type.description ? [] : [type.name];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      if (!field.description) missing.push(`${type.name}.${field.name}`);
      for (const argument of field.args) {
        if (!argument.description) missing.push(`${type.name}.${field.name}(${argument.name})`);
      }
    }
  }
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields()))
      if (!field.description) missing.push(`${type.name}.${field.name}`);
  }
  if (isEnumType(type)) {
    for (const value of type.getValues())
      if (!value.description) missing.push(`${type.name}.${value.name}`);
  }
  return missing;
}
