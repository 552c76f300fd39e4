import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { ValidationError } from '../engine/index.ts';
import type { Setting } from './setting.ts';

/** Looked for in the working directory when no file is named. */
const DEFAULT_NAMES = ['trinitas.config.json', 'trinitas.config.yaml', 'trinitas.config.yml'];

/** YAML aliases resolved in one file; a bomb of nested aliases needs thousands. */
const MAX_ALIASES = 100;

/**
 * The settings of the named file, or of the one default file in `directory`, or none.
 * Throws ValidationError when the file cannot be read or parsed, or when several default files leave the choice open.
 */
export function readConfigFile(directory: string, name: string | undefined): readonly Setting[] {
  const path = name === undefined ? findDefaultFile(directory) : resolve(directory, name);
  if (path === null) return [];
  const origin = name ?? basename(path);
  const content = parseContent(path, origin);
  if (content === null || content === undefined) return [];
  if (!isMapping(content))
    throw new ValidationError(`${origin}: must hold a mapping of keys to values`);
  return flatten(content, [], origin);
}

function findDefaultFile(directory: string): string | null {
  const found = DEFAULT_NAMES.filter((name) => existsSync(resolve(directory, name)));
  if (found.length > 1) {
    throw new ValidationError(`${found.join(' and ')} both exist`, {
      remedy: 'Keep one of them, or name the one to use with --config.',
    });
  }
  return found[0] === undefined ? null : resolve(directory, found[0]);
}

function parseContent(path: string, origin: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ValidationError(`${origin}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
  try {
    return extname(path) === '.json'
      ? JSON.parse(text)
      : parseYaml(text, { maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw new ValidationError(
      `${origin}: is not valid ${extname(path) === '.json' ? 'JSON' : 'YAML'}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** A key without a value (`redis_url:` in YAML, null in JSON) is as good as absent, but its name must be known. */
function flatten(mapping: object, path: readonly string[], origin: string): Setting[] {
  return Object.entries(mapping).flatMap(([key, value]) => {
    const here = [...path, key];
    if (isMapping(value) && Object.keys(value).length > 0) return flatten(value, here, origin);
    return [{ path: here, value: value ?? undefined, origin }];
  });
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
