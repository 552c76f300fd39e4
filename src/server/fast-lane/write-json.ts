import type { ExecutionResult } from 'graphql';
import { StoredJson } from '../../resolvers/stored-json.ts';

/** All but quotes, backslashes, control characters and what may be half of a surrogate pair. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** An answer without errors. */
export function writeAnswer({ data, extensions }: ExecutionResult): string {
  const more = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`;
  return `{"data":${writeJson(data)}${more}}`;
}

/**
 * What JSON.stringify makes of a value, in half of the time: V8 has no quick way for objects without a prototype, which the executor
 * makes. Stored JSON goes in as it is. Whatever else an answer may hold is left to JSON.stringify.
 */
export function writeJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeObject(value);
    default:
      // undefined is null in a list; a bigint is an error.
      return JSON.stringify(value) ?? 'null';
  }
}

function writeObject(value: object): string {
  if (value instanceof StoredJson) return value.text;
  if (Array.isArray(value)) return writeList(value);
  if (Object.getPrototypeOf(value) !== null) return JSON.stringify(value);
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const name in fields) {
    const field = fields[name];
    if (field === undefined) continue;
    text += `${text === '{' ? '' : ','}${quoted(name)}:${writeJson(field)}`;
  }
  return `${text}}`;
}

function writeList(list: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < list.length; index += 1)
    text += index === 0 ? writeJson(list[index]) : `,${writeJson(list[index])}`;
  return `${text}]`;
}

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
