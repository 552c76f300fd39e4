/** Counts tokens as a language model does. */
export interface Tokenizer {
  /** Of the vocabulary. */
  readonly name: string;
  count(text: string): number;
  /** The number of tokens; null when there are more than `limit`. */
  countWithin(text: string, limit: number): number | null;
}

/** Words whose tokens the library remembers; its default of 100,000 would hold tens of megabytes. */
const REMEMBERED_WORDS = 5_000;

/** Memories are data: what looks like a control token of a model is text like any other. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/**
 * The o200k vocabulary: that of the current models of its maker, and near the counts of others; Japanese takes a third
 * fewer tokens than in cl100k. Loading takes a few tenths of a second and about 60 MB once, so the first packed context
 * pays for it and a server that packs none never does.
 */
export async function loadTokenizer(): Promise<Tokenizer> {
  const library = await import('gpt-tokenizer/encoding/o200k_base');
  library.setMergeCacheSize(REMEMBERED_WORDS);
  return {
    name: 'o200k_base',
    count: (text) => library.countTokens(text, AS_TEXT),
    countWithin: (text, limit) => {
      const tokens = library.isWithinTokenLimit(text, limit, AS_TEXT);
      return tokens === false ? null : tokens;
    },
  };
}
