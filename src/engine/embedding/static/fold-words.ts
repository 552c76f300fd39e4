const PLAIN_ASCII = /^[\t\n\r -~]*$/;
const WHITE_SPACE = /\p{White_Space}/gu;
/** Marks above and below letters, controls and unassigned code points, and what stands for undecodable bytes. */
const REMOVED = /(?![\t\n\r])[\p{Mn}\p{C}\ufffd]/gu;
/**
 * What is a word of its own: punctuation, ideographs (the blocks that BERT's tokenizer names), and pictographs, which would
 * otherwise make the word they are glued to unknown.
 */
const APART =
  /[\p{P}\p{Extended_Pictographic}\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b820}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * Text as the word-piece vocabulary spells it, so that ASCII white space and ASCII punctuation alone part words: accents
 * removed, lower case, each character that is a word of its own between spaces. Plain ASCII comes back as it is, in either case.
 */
export function foldWords(text: string): string {
  if (PLAIN_ASCII.test(text)) return text;
  return text
    .normalize('NFD')
    .replace(REMOVED, '')
    .toLowerCase()
    .replace(WHITE_SPACE, ' ')
    .replace(APART, ' $& ');
}
