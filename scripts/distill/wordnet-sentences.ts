import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILES = ['data.noun', 'data.verb', 'data.adj', 'data.adv'];
/** Shorter ones say nothing that the word alone does not. */
const MIN_EXAMPLE = 12;
const MIN_DEFINITION = 9;
/** Every second definition is taken: all of them cost the teacher half as much time again, and they are the less natural text. */
const DEFINITION_STRIDE = 2;
/** Synonyms that introduce a definition. */
const WORDS_NAMED = 2;

/**
 * English sentences out of a WordNet database directory (`dict`): each example of use, and every second definition behind its first
 * words, as `barn: an outlying farm building`. Without repetitions, in the order of the files.
 */
export function wordnetSentences(directory: string): string[] {
  const sentences = new Set<string>();
  let definitions = 0;
  for (const file of FILES) {
    for (const line of readFileSync(join(directory, file), 'utf8').split('\n')) {
      const bar = line.indexOf(' | ');
      // Lines of the licence begin with a space.
      if (bar < 0 || line.startsWith(' ')) continue;
      const gloss = line.slice(bar + 3).trim();
      for (const [, example = ''] of gloss.matchAll(/"([^"]*)"/g)) {
        if (example.length >= MIN_EXAMPLE) sentences.add(example);
      }
      const definition = gloss.replace(/;?\s*".*$/, '').trim();
      if (definition.length < MIN_DEFINITION) continue;
      if (definitions % DEFINITION_STRIDE === 0) {
        sentences.add(`${words(line.slice(0, bar))}: ${definition}`);
      }
      definitions += 1;
    }
  }
  return [...sentences];
}

/** Fields: offset, file number, type, number of words (hexadecimal), then word and sense number in turn (wndb(5WN)). */
function words(entry: string): string {
  const fields = entry.split(' ');
  const count = Math.min(Number.parseInt(fields[3] ?? '0', 16), WORDS_NAMED);
  return Array.from({ length: count }, (_, index) =>
    (fields[4 + 2 * index] ?? '').replace(/\(.*\)$/, '').replaceAll('_', ' '),
  ).join(', ');
}
