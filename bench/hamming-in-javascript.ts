/** Words whose bits are added by carry-save adders before any is counted. */
const GROUP = 8;

/**
 * What `hammingDistances` of the engine does, as well as JavaScript can: eight words are first added bit by bit by carry-save adders
 * (Harley and Seal), which leaves four words to count.
 */
export function hammingInJavaScript(
  query: Uint32Array,
  codes: Uint32Array,
  distances: Uint16Array,
  offset: number,
): void {
  const words = query.length;
  const grouped = words - (words % GROUP);
  // Signed words stay machine integers; unsigned ones above 2^31 would become floating-point numbers.
  const wanted = new Int32Array(query.buffer, query.byteOffset, words);
  const stored = new Int32Array(codes.buffer, codes.byteOffset, codes.length);
  const count = codes.length / words;
  for (let index = 0, at = 0; index < count; index += 1, at += words) {
    let differing = 0;
    for (let word = 0; word < grouped; word += GROUP) {
      const from = at + word;
      const a = (wanted[word] as number) ^ (stored[from] as number);
      const b = (wanted[word + 1] as number) ^ (stored[from + 1] as number);
      const c = (wanted[word + 2] as number) ^ (stored[from + 2] as number);
      const d = (wanted[word + 3] as number) ^ (stored[from + 3] as number);
      const e = (wanted[word + 4] as number) ^ (stored[from + 4] as number);
      const f = (wanted[word + 5] as number) ^ (stored[from + 5] as number);
      const g = (wanted[word + 6] as number) ^ (stored[from + 6] as number);
      const h = (wanted[word + 7] as number) ^ (stored[from + 7] as number);
      // Each adder takes three words of one weight and gives one of the same and one of twice the weight.
      const ab = a ^ b;
      const abc = ab ^ c;
      const twosOfAbc = (a & b) | (ab & c);
      const de = d ^ e;
      const def = de ^ f;
      const twosOfDef = (d & e) | (de & f);
      const both = abc ^ def;
      const ones = both ^ g;
      const twosOfAll = (abc & def) | (both & g);
      const twosOfBoth = twosOfAbc ^ twosOfDef;
      const twos = twosOfBoth ^ twosOfAll;
      const fours = (twosOfAbc & twosOfDef) | (twosOfBoth & twosOfAll);
      const singles = bitsInBytes(ones) + bitsInBytes(h);
      // A byte grows to 8 + 8 + 2 · 8 + 4 · 8 at most.
      differing += sumOfBytes(singles + (bitsInBytes(twos) << 1) + (bitsInBytes(fours) << 2));
    }
    for (let word = grouped; word < words; word += 1)
      differing += sumOfBytes(
        bitsInBytes((wanted[word] as number) ^ (stored[at + word] as number)),
      );
    distances[offset + index] = differing;
  }
}

/** The number of bits in each of the four bytes, in that byte: pairs, then fours side by side (Warren, Hacker's Delight, 5-1). */
function bitsInBytes(word: number): number {
  const pairs = (word - ((word >>> 1) & 0x55555555)) | 0;
  const fours = ((pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)) | 0;
  return (fours + (fours >>> 4)) & 0x0f0f0f0f;
}

function sumOfBytes(bytes: number): number {
  const halves = (bytes & 0x00ff00ff) + ((bytes >>> 8) & 0x00ff00ff);
  return (halves & 0xffff) + (halves >>> 16);
}
