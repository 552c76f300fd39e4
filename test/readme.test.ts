import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type DocumentNode, Kind, parse, print, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serverConfigSchema } from '../src/config/server-schema.ts';
import { engineConfigSchema } from '../src/engine/options.ts';
import { makeTestFolder } from './support/open-test-engine.ts';
import { startTestServer } from './support/start-test-server.ts';
import { post } from './support/test-client.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'k6/README.md',
  'bench/RESULTS.md',
];
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** These need a folder for backups, or Chroma; their refusal is right here. */
const NEEDS_MORE = new Set(['backup', 'reindex']);

function blocks(language: string): readonly string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms');
  return [...README.matchAll(pattern)].map(([, text = '']) => text);
}

/** The bodies that the shell examples send, in their order. */
function sentBodies(): readonly string[] {
  return blocks('sh').flatMap((block) =>
    [...block.matchAll(/(?:gql|-d) '(\{.*?\})'$/gms)].map(([, body = '']) => body),
  );
}

function withTypenames(document: DocumentNode): DocumentNode {
  return visit(document, {
    Field: {
      leave: (field, _key, _parent, path) => {
        // The root fields alone: ["definitions", 0, "selectionSet", "selections", 0].
        if (path.length !== 5 || field.selectionSet === undefined) return undefined;
        const name = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const;
        const selections = [...field.selectionSet.selections, name];
        return { ...field, selectionSet: { ...field.selectionSet, selections } };
      },
    },
  });
}

/** Runs every operation of a document that is no subscription; nothing may fail. */
async function runAll(url: string, source: string, variables?: unknown): Promise<void> {
  const document = withTypenames(parse(source));
  for (const operation of document.definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION || operation.operation === 'subscription')
      continue;
    const operationName = operation.name?.value;
    const answer = await post(url, { query: print(document), variables, operationName });
    expect(answer.errors, source).toEqual([]);
    for (const [field, value] of Object.entries(answer.data ?? {}))
      if (!NEEDS_MORE.has(field)) expect(typeNameOf(value), source).not.toMatch(/Error$/);
  }
}

function typeNameOf(value: unknown): string {
  return String((value as { __typename?: unknown } | null)?.__typename);
}

describe('the README', () => {
  it('has GraphQL examples that do what they say, in the order in which they stand', async () => {
    const { url } = await startTestServer();
    const bodies = sentBodies();
    expect(bodies.length).toBeGreaterThan(6);
    for (const body of bodies) {
      const { query, variables } = JSON.parse(body) as { query: string; variables?: unknown };
      await runAll(url, query, variables);
    }
    const documents = blocks('graphql');
    expect(documents.length).toBeGreaterThan(5);
    for (const document of documents) await runAll(url, document);
    const account = await post(url, {
      query: '{ memory(by: { key: "account_alice" }) { version value } }',
    });
    // Stored, moved, and put back.
    expect(account.data).toEqual({ memory: { version: 3, value: { balance: 1000 } } });
  });

  it('has a library example that runs', async () => {
    const folder = await makeTestFolder();
    const example = blocks('ts').find((block) => block.includes("from 'trinitas'"));
    const engine = pathToFileURL(join(ROOT, 'src', 'engine', 'index.ts')).href;
    const path = join(folder, 'example.ts');
    writeFileSync(
      path,
      `${example}`.replace("'trinitas'", `'${engine}'`).replace('./app.db', join(folder, 'app.db')),
    );
    await import(pathToFileURL(path).href);
    expect(existsSync(join(folder, 'app.db'))).toBe(true);
  });

  it('names every key of the configuration', () => {
    const schema = z.strictObject({ ...engineConfigSchema.shape, server: serverConfigSchema });
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
    const start = README.indexOf('### Configuration');
    const table = README.slice(start, README.indexOf('\n### ', start + 1));
    const named = new Set([...table.matchAll(/[a-z][a-z0-9_]+/g)].map(([word]) => word));
    expect(keysOf(json).filter((key) => !named.has(key))).toEqual([]);
  });

  it('has each section once', () => {
    const headings = [...README.matchAll(/^#{2,3} .*$/gm)].map(([heading]) => heading);
    const twice = headings.filter((heading, index) => headings.indexOf(heading) !== index);
    expect(twice).toEqual([]);
  });
});

it('has documents whose links lead somewhere', () => {
  const dead = DOCUMENTS.flatMap((document) => {
    const text = readFileSync(join(ROOT, document), 'utf8');
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, target = '']) => target,
    );
    return links
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => !existsSync(join(ROOT, dirname(document), target)))
      .map((target) => `${document}: ${target}`);
  });
  expect(dead).toEqual([]);
});

/** Names of all keys at any depth but those of embedders, which the section about them names. */
function keysOf(schema: unknown): readonly string[] {
  const { properties } = schema as { properties?: Record<string, unknown> };
  return Object.entries(properties ?? {}).flatMap(([key, value]) =>
    key === 'embedder' ? [key] : [key, ...keysOf(value)],
  );
}
