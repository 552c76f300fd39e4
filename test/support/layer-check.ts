/** One row of the layer table. */
export interface Layer {
  readonly name: string;
  readonly patterns: readonly string[];
  /** Layers whose values and types may be imported. */
  readonly imports: readonly string[];
  /** Layers of which only types may be imported. */
  readonly typeImports: readonly string[];
}

export interface PackageRule {
  readonly patterns: readonly string[];
  readonly layers: readonly string[];
}

export interface Rules {
  readonly layers: readonly Layer[];
  readonly packages: readonly PackageRule[];
}

/** Text of every source file by its path from the project's root. */
export type Sources = ReadonlyMap<string, string>;

/** Reads the tables between their markers in ARCHITECTURE.md. */
export function readRules(markdown: string): Rules {
  return {
    layers: rowsBetween(markdown, 'layers').map(([name = '', paths = '', imports = '']) => {
      const names = imports.split(',').map((part) => part.trim());
      const types = names.filter((part) => part.endsWith(' (types)'));
      return {
        name,
        patterns: inBackticks(paths),
        imports: names.filter((part) => part !== '' && !types.includes(part)),
        typeImports: types.map((part) => part.replace(' (types)', '')),
      };
    }),
    packages: rowsBetween(markdown, 'packages').map(([packages = '', layers = '']) => ({
      patterns: inBackticks(packages),
      layers: layers.split(',').map((part) => part.trim()),
    })),
  };
}

/** Files that are read, not run. */
const DATA = /^models\//;

/** The configuration, and the keys of embedders, which no configuration file should hold. */
const READS_ENVIRONMENT = ['src/config.ts', 'src/engine/embedding/process-surroundings.ts'];

const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** One sentence per broken rule, in the order of the files. */
export function findViolations(sources: Sources, rules: Rules): readonly string[] {
  const violations: string[] = [];
  for (const [path, source] of sources) {
    const text = source.replaceAll(COMMENT, '');
    const layer = layerOf(path, rules);
    if (layer === undefined) violations.push(`${path} belongs to no layer`);
    if (
      !READS_ENVIRONMENT.includes(path) &&
      /\bprocess\s*\.\s*env\b|\benv\b[^;\n]*from 'node:process'/.test(text)
    ) {
      violations.push(
        `${path} reads process.env, which only ${READS_ENVIRONMENT.join(' and ')} may`,
      );
    }
    for (const { specifier, isType } of importsOf(text)) {
      const problem = specifier.startsWith('.')
        ? checkFile(layer, resolve(path, specifier), isType, rules)
        : checkPackage(layer, specifier, rules);
      if (problem !== null) violations.push(`${path} imports ${problem}`);
    }
  }
  return violations;
}

export function layerOf(path: string, rules: Rules): Layer | undefined {
  return rules.layers.find((layer) => layer.patterns.some((pattern) => matches(path, pattern)));
}

function checkFile(
  layer: Layer | undefined,
  path: string,
  isType: boolean,
  rules: Rules,
): string | null {
  const target = layerOf(path, rules);
  if (DATA.test(path)) return null;
  if (layer === undefined || target === undefined) return `${path}, which belongs to no layer`;
  if (layer === target || layer.imports.includes(target.name)) return null;
  if (isType && layer.typeImports.includes(target.name)) return null;
  return `${path}: ${layer.name} may not import ${target.name}`;
}

function checkPackage(layer: Layer | undefined, specifier: string, rules: Rules): string | null {
  const name = specifier.startsWith('@')
    ? specifier.split('/').slice(0, 2).join('/')
    : (specifier.split('/')[0] ?? '');
  const rule = rules.packages.find(({ patterns }) =>
    patterns.some((pattern) => matches(name, pattern)),
  );
  if (rule === undefined || (layer !== undefined && rule.layers.includes(layer.name))) return null;
  return `${specifier}, which is only for ${rule.layers.join(', ')}`;
}

/** Static and dynamic imports and re-exports, side-effect imports and files named for a worker. */
function importsOf(text: string): readonly { specifier: string; isType: boolean }[] {
  const clauses = /\b(import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]/g;
  const calls = /\b(?:import|require|URL)\(\s*['"]([^'"]+)['"]/g;
  return [
    ...[...text.matchAll(clauses)].map((match) => ({
      specifier: match[3] ?? '',
      isType: match[2] !== undefined,
    })),
    ...[...text.matchAll(calls)].map((match) => ({ specifier: match[1] ?? '', isType: false })),
  ];
}

function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** `*` is any part of one name, `**` any path, `{a,b}` one of several. */
function matches(path: string, pattern: string): boolean {
  const expression = pattern.replaceAll(/\*\*|\*|\{[^}]*\}|[.+?^$()|[\]\\]/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part.startsWith('{') ? `(?:${part.slice(1, -1).replaceAll(',', '|')})` : `\\${part}`;
  });
  return new RegExp(`^${expression}$`).test(path);
}

function rowsBetween(markdown: string, name: string): readonly (readonly string[])[] {
  const [, table] =
    new RegExp(`<!-- ${name}:start -->\\n([\\s\\S]*?)<!-- ${name}:end -->`).exec(markdown) ?? [];
  if (table === undefined) throw new Error(`there is no table between the ${name} markers`);
  const rows = table.trim().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function inBackticks(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}
