import { ValidationError, type ValidationIssue } from '../engine/index.ts';
import type { Setting } from './setting.ts';

/** A mapping without a prototype, so that a key such as `__proto__` is a key like any other. */
type Mapping = { [key: string]: unknown };

export interface MergedSettings {
  readonly tree: Mapping;
  /** Where the value at `path` came from, or the first value below it; null for a default. */
  originOf(path: readonly string[]): string | null;
}

/** Builds one tree, later settings winning; throws when a key is used both as a value and as a section. */
export function mergeSettings(settings: readonly Setting[]): MergedSettings {
  const tree: Mapping = Object.create(null);
  const origins = new Map<string, string>();
  const issues: ValidationIssue[] = [];
  for (const { path, value, origin } of settings) {
    if (place(tree, path, value)) origins.set(path.join('\0'), origin);
    else
      issues.push({
        path,
        message: `stands where a section and a single value collide (${origin})`,
      });
  }
  if (issues.length > 0) throw new ValidationError(issues);
  return { tree, originOf: (path) => findOrigin(origins, path.join('\0')) };
}

function place(tree: Mapping, path: readonly string[], value: unknown): boolean {
  let mapping = tree;
  for (const key of path.slice(0, -1)) {
    mapping[key] ??= Object.create(null);
    const child = mapping[key];
    if (!isMapping(child)) return false;
    mapping = child;
  }
  const last = path.at(-1) ?? '';
  if (isMapping(mapping[last])) return false;
  mapping[last] = value;
  return true;
}

function findOrigin(origins: ReadonlyMap<string, string>, path: string): string | null {
  const exact = origins.get(path);
  if (exact !== undefined) return exact;
  for (const [known, origin] of origins) {
    if (path === '' || known.startsWith(`${path}\0`) || path.startsWith(`${known}\0`))
      return origin;
  }
  return null;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
