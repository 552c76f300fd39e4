import { z } from 'zod';
import type { Setting } from './setting.ts';

const PREFIX = 'TRINITAS_';

/** Names the configuration file; every other TRINITAS_ variable is a key of the configuration. */
export const CONFIG_FILE_VARIABLE = 'TRINITAS_CONFIG';

/**
 * `TRINITAS_MEMORY__SQLITE_PATH=x` becomes `memory.sqlite_path = x`. The schema decides how the text is read:
 * numbers and booleans are converted, lists are separated by commas; text that does not convert stays text,
 * so that validation names it.
 */
export function readEnvironment(
  environment: NodeJS.ProcessEnv,
  schema: z.ZodType,
): readonly Setting[] {
  return Object.entries(environment)
    .filter(
      ([name, text]) =>
        name.startsWith(PREFIX) && name !== CONFIG_FILE_VARIABLE && text !== undefined,
    )
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, text = '']) => {
      const path = name.slice(PREFIX.length).toLowerCase().split('__');
      return { path, value: convert(text, findSchema(schema, path)), origin: name };
    });
}

function findSchema(root: z.ZodType, path: readonly string[]): z.ZodType | null {
  let schema = unwrap(root);
  for (const key of path) {
    const child =
      schema instanceof z.ZodObject && Object.hasOwn(schema.shape, key) ? schema.shape[key] : null;
    if (!(child instanceof z.ZodType)) return null;
    schema = unwrap(child);
  }
  return schema;
}

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault ||
    inner instanceof z.ZodOptional
  ) {
    inner = inner.def.innerType as z.ZodType;
  }
  return inner;
}

function convert(text: string, schema: z.ZodType | null): unknown {
  if (schema instanceof z.ZodNumber)
    return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (schema instanceof z.ZodBoolean) return toBoolean(text);
  if (schema instanceof z.ZodArray) {
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  return text;
}

function toBoolean(text: string): boolean | string {
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  return text;
}
