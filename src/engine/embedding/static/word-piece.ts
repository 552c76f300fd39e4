import { foldWords } from './fold-words.ts';
import {
  CONTINUATION_SEED,
  findPiece,
  growHash,
  type PieceIndex,
  WORD_SEED,
} from './piece-index.ts';

/** Longer words are unknown as a whole, in BERT's tokenizer too; counted in UTF-16 units. */
const MAX_WORD_UNITS = 100;

const LETTER = 0;
const SPACE = 1;
const PUNCTUATION = 2;

/**
 * Cuts text into the pieces of a BERT vocabulary (uncased): each word into its longest known beginning, then the longest known
 * continuations; a word that cannot be cut to its end gives nothing. An instance holds scratch space and is for one thread.
 */
export class WordPiece {
  readonly #pieces: PieceIndex;
  readonly #classes = asciiClasses();
  /** The word being read, in lower case. */
  readonly #word = new Uint16Array(MAX_WORD_UNITS);
  /** `#hashes[n]` is the hash of the n + 1 units from where a piece may begin. */
  readonly #hashes = new Int32Array(MAX_WORD_UNITS);

  constructor(pieces: PieceIndex) {
    this.#pieces = pieces;
  }

  /** Writes the ids of the pieces of a text into `ids` until it is full; returns how many. */
  cut(text: string, ids: Int32Array): number {
    const folded = foldWords(text);
    const word = this.#word;
    let count = 0;
    let length = 0;
    for (let index = 0; index < folded.length && count < ids.length; index += 1) {
      const unit = folded.charCodeAt(index);
      const kind = unit < 128 ? this.#classes[unit] : LETTER;
      if (kind === LETTER) {
        if (length < MAX_WORD_UNITS) word[length] = unit >= 65 && unit <= 90 ? unit + 32 : unit;
        length += 1;
        continue;
      }
      if (length > 0) count = this.#cutWord(length, ids, count);
      length = 0;
      if (kind === PUNCTUATION) {
        word[0] = unit;
        count = this.#cutWord(1, ids, count);
      }
    }
    return length > 0 ? this.#cutWord(length, ids, count) : count;
  }

  /** Appends the ids of the word in `#word`, none when it is unknown; what does not fit is left out. */
  #cutWord(length: number, ids: Int32Array, before: number): number {
    if (length > MAX_WORD_UNITS) return before;
    let count = before;
    let from = 0;
    while (from < length) {
      const to = this.#longestPiece(from, length);
      if (to === from) return before;
      if (count < ids.length) ids[count] = this.#found;
      count += 1;
      from = to;
    }
    return Math.min(count, ids.length);
  }

  #found = -1;

  /** Where the longest piece at `from` ends, its id in `#found`; `from` when no piece begins there. */
  #longestPiece(from: number, length: number): number {
    const pieces = this.#pieces;
    const word = this.#word;
    const hashes = this.#hashes;
    const continued = from > 0;
    const furthest = Math.min(length, from + pieces.longest);
    let hash = continued ? CONTINUATION_SEED : WORD_SEED;
    for (let index = from; index < furthest; index += 1) {
      hash = growHash(hash, word[index] ?? 0);
      hashes[index - from] = hash;
    }
    for (let to = furthest; to > from; to -= 1) {
      const id = findPiece(pieces, word, from, to, continued, hashes[to - from - 1] ?? 0);
      if (id >= 0) {
        this.#found = id;
        return to;
      }
    }
    return from;
  }
}

/** White space and controls part words; whatever else is neither letter nor digit is a word of its own. */
function asciiClasses(): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, unit) => {
    if (unit <= 32 || unit === 127) return SPACE;
    return /[0-9A-Za-z]/.test(String.fromCharCode(unit)) ? LETTER : PUNCTUATION;
  });
}
