import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findViolations, layerOf, readRules, type Sources } from './support/layer-check.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RULES = readRules(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8'));

function readSources(): Sources {
  const entries = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [relative(ROOT, file), readFileSync(file, 'utf8')]),
  );
}

describe('the layers of ARCHITECTURE.md', () => {
  const sources = readSources();

  it('hold in every source file', () => {
    expect(sources.size).toBeGreaterThan(50);
    expect(findViolations(sources, RULES)).toEqual([]);
  });

  it('name layers that exist', () => {
    const names = RULES.layers.map((layer) => layer.name);
    const named = [
      ...RULES.layers.flatMap((layer) => [...layer.imports, ...layer.typeImports]),
      ...RULES.packages.flatMap((rule) => rule.layers),
    ];
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('each hold at least one file', () => {
    const used = new Set([...sources.keys()].map((path) => layerOf(path, RULES)?.name));
    expect(RULES.layers.map((layer) => layer.name).filter((name) => !used.has(name))).toEqual([]);
  });
});

describe('the check itself', () => {
  it.each([
    [
      'src/engine/sqlite/a.ts',
      "import { x } from '../pool/writer.ts';",
      'sqlite may not import pool',
    ],
    [
      'src/engine/model/section.ts',
      "import type { x } from '../memory.ts';",
      'floor may not import contract',
    ],
    ['src/engine/engine.ts', "export { x } from './sqlite/a.ts';", 'engine may not import sqlite'],
    [
      'src/engine/pool/writer.ts',
      "import { x } from '../sqlite/a.ts';",
      'pool may not import sqlite',
    ],
    [
      'src/engine/pool/writer.ts',
      "import { type x, y } from '../sqlite/a.ts';",
      'pool may not import sqlite',
    ],
    [
      'src/engine/pool/writer.ts',
      "await import('../backends/sqlite.ts')",
      'pool may not import backends',
    ],
    [
      'src/engine/backends/sqlite.ts',
      "new URL('../sqlite/a.ts', import.meta.url)",
      'backends may not import sqlite',
    ],
    [
      'src/engine/transfer/jsonl.ts',
      "import '../sqlite/v4-reader.ts';",
      'transfer may not import v4 files',
    ],
    [
      'src/resolvers/a.ts',
      "import {\n  x,\n} from '../engine/memory.ts';",
      'resolvers may not import contract',
    ],
    [
      'src/resolvers/a.ts',
      "import { x } from '../schema/a.ts';",
      'resolvers may not import schema',
    ],
    ['src/server/a.ts', "import { x } from '../config.ts';", 'server may not import process'],
    ['src/cli/a.ts', "import { x } from '../engine/errors.ts';", 'process may not import floor'],
    ['src/other/a.ts', '', 'belongs to no layer'],
    ['src/cli/a.ts', "import '../other/a.ts';", 'which belongs to no layer'],
    ['src/engine/engine.ts', "import Database from 'better-sqlite3';", 'which is only for sqlite'],
    [
      'src/engine/engine.ts',
      "import type { Database } from 'better-sqlite3';",
      'which is only for sqlite',
    ],
    [
      'src/engine/sqlite/a.ts',
      "import { Worker } from 'node:worker_threads';",
      'which is only for pool',
    ],
    ['src/engine/backends/a.ts', "import { Piscina } from 'piscina';", 'which is only for pool'],
    ['src/resolvers/a.ts', "import { GraphQLError } from 'graphql';", 'which is only for schema'],
    ['src/resolvers/a.ts', "import x from 'graphql/index.js';", 'which is only for schema'],
    ['src/engine/a.ts', "import x from '@pothos/plugin-relay';", 'which is only for schema'],
    ['src/server/a.ts', 'const x = process.env.PORT;', 'reads process.env'],
    ['src/server/a.ts', "import { env } from 'node:process';", 'reads process.env'],
  ])('finds in %s the violation %s', (path, text, message) => {
    const violations = findViolations(new Map([[path, text]]), RULES);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(path);
    expect(violations[0]).toContain(message);
  });

  it.each([
    ['src/engine/pool/writer.ts', "import type { x } from '../sqlite/a.ts';"],
    ['src/engine/pool/worker.ts', "import { x } from '../sqlite/a.ts';"],
    ['src/engine/transfer/trinitas-v4.ts', "import { x } from '../sqlite/v4-reader.ts';"],
    ['src/engine/sqlite/a.ts', "import Database from 'better-sqlite3';"],
    [
      'src/engine/engine.ts',
      "// import { x } from './sqlite/a.ts';\n/* process.env */ import x from 'zod';",
    ],
    ['src/cli/a.ts', "import { x } from '../engine/index.ts';\nimport { y } from '../config.ts';"],
    ['src/config.ts', 'const x = process.env;'],
  ])('lets %s pass', (path, text) => {
    expect(findViolations(new Map([[path, text]]), RULES)).toEqual([]);
  });

  it('needs both tables', () => {
    expect(() => readRules('# Nothing')).toThrow('there is no table between the layers markers');
  });
});
