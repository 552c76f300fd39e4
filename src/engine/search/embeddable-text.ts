import { searchableText } from './searchable-text.ts';

/** UTF-16 units of one memory that are embedded; models read a few hundred to a few thousand words. */
const MAX_EMBEDDED_LENGTH = 16_384;
/** A value with fewer words says little by itself, so the words of the key stand before it. */
const SHORT_VALUE_WORDS = 4;

const WORDS = /[\p{L}\p{M}]{3,}/gu;
/** Where a character of two units was cut through; servers refuse such text. */
const HALF_CHARACTER = /[\ud800-\udbff]$/;
const CAMEL_BORDER = /(?<=\p{Ll})(?=\p{Lu})/gu;

/**
 * What of a memory is embedded: the text of its value, for a short one after the words of its key (`favourite_colour`: "blue").
 * Persona, date and metadata are left out: names would rule the vector (LoCoMo R@10 28 % with them in the query, 57 % without).
 * Empty when there is nothing to embed.
 */
export function embeddableText({
  key,
  valueText,
}: {
  readonly key: string;
  readonly valueText: string;
}): string {
  const value = searchableText(valueText)
    .slice(0, MAX_EMBEDDED_LENGTH)
    .replace(HALF_CHARACTER, '')
    .trim();
  if (hasWords(value, SHORT_VALUE_WORDS)) return value;
  const words = key.replace(CAMEL_BORDER, ' ').match(WORDS) ?? [];
  return [...words, value].join(' ').trim();
}

function hasWords(text: string, count: number): boolean {
  let at = 0;
  for (let found = 1; found < count; found += 1) {
    at = text.indexOf(' ', at) + 1;
    if (at === 0) return false;
  }
  return true;
}
