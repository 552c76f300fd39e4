import { parse, stringify } from 'lossless-json';
import { parseJsonText } from '../json-text.ts';

/** v4 kept tags as any JSON in the metadata, where they stay; a list of texts becomes tags of ours as well. */
export function readV4Tags(metadataText: string): readonly string[] {
  const metadata = parseJsonText(metadataText);
  const tags: unknown =
    typeof metadata === 'object' && metadata !== null && 'tags' in metadata
      ? metadata['tags']
      : null;
  return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : [];
}

/** The metadata with these tags where v4 keeps them; unchanged, to the digit, when it says the same already. */
export function writeV4Tags(metadataText: string, tags: readonly string[]): string {
  const there = new Set(readV4Tags(metadataText).map((tag) => tag.normalize('NFC')));
  if (there.size === tags.length && tags.every((tag) => there.has(tag))) return metadataText;
  const metadata = parse(metadataText) as Record<string, unknown>;
  return stringify({ ...metadata, tags }) as string;
}
