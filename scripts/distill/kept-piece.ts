/** What [CLS], [unused7] and the like look like. */
const RESERVED = /^\[.+\]$/;
const HAS_WORD_CHARACTER = /[\p{L}\p{N}]/u;
/** Letters of scripts that the English teacher saw too little of to know their words. */
const FOREIGN_LETTER = /(?![\p{Script=Latin}\p{Script=Han}])\p{L}/u;

/**
 * Whether a piece gets a vector. Left out: reserved pieces; punctuation and symbols, which tell little of a text and much
 * of its form; pieces in scripts other than Latin and Han, which the vocabulary knows as single letters only, so that all
 * texts in such a script would look alike.
 */
export function isKeptPiece(piece: string): boolean {
  return !RESERVED.test(piece) && HAS_WORD_CHARACTER.test(piece) && !FOREIGN_LETTER.test(piece);
}
