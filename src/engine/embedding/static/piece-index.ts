/** Marks a piece that continues a word. */
const CONTINUATION = '##';

/**
 * The vocabulary as an open-addressing hash table over the UTF-16 units of its pieces: a word is looked up without making a
 * string of it, and threads share one copy.
 */
export interface PieceIndex {
  /** Number of pieces; their ids are 0 up to it. */
  readonly size: number;
  /** UTF-16 units of the longest piece, without its continuation mark. */
  readonly longest: number;
  /** All pieces one after the other, without continuation marks. */
  readonly units: Uint16Array<SharedArrayBuffer>;
  /** Where piece `id` begins in `units`; one more entry than pieces. */
  readonly starts: Uint32Array<SharedArrayBuffer>;
  /** 1 when piece `id` continues a word. */
  readonly continues: Uint8Array<SharedArrayBuffer>;
  /** `id + 1`, or 0 for an empty slot; a power of two of them, at most half full, so that a search ends. */
  readonly slots: Int32Array<SharedArrayBuffer>;
}

/** FNV-1a's start and factor (Fowler, Noll, Vo); continuations start elsewhere, so that `##a` and `a` are apart. */
export const WORD_SEED = 0x811c9dc5 | 0;
export const CONTINUATION_SEED = 0x5bd1e995 | 0;
const FACTOR = 0x01000193;

/** The hash of a piece grows by one UTF-16 unit at a time. */
export function growHash(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, FACTOR);
}

/** Of pieces in the order of their ids; the first of two equal ones is found. */
export function buildPieceIndex(pieces: readonly string[]): PieceIndex {
  const texts = pieces.map((piece) => (isContinuation(piece) ? piece.slice(2) : piece));
  const unitCount = texts.reduce((sum, text) => sum + text.length, 0);
  const slotCount = 2 ** Math.ceil(Math.log2(pieces.length * 2 + 1));
  const units = new Uint16Array(new SharedArrayBuffer(unitCount * 2));
  const starts = new Uint32Array(new SharedArrayBuffer((pieces.length + 1) * 4));
  const continues = new Uint8Array(new SharedArrayBuffer(pieces.length));
  const slots = new Int32Array(new SharedArrayBuffer(slotCount * 4));
  const mask = slots.length - 1;
  let end = 0;
  let longest = 0;
  for (const [id, text] of texts.entries()) {
    const continued = isContinuation(pieces[id] ?? '');
    let hash = continued ? CONTINUATION_SEED : WORD_SEED;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      units[end] = unit;
      hash = growHash(hash, unit);
      end += 1;
    }
    starts[id + 1] = end;
    continues[id] = continued ? 1 : 0;
    longest = Math.max(longest, text.length);
    let slot = firstSlot(hash, mask);
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = id + 1;
  }
  return { size: pieces.length, longest, units, starts, continues, slots };
}

/**
 * The id of the piece that consists of `word[from..to)`, or -1. `hash` is that of these units, grown from the seed that
 * `continued` tells.
 */
export function findPiece(
  index: PieceIndex,
  word: Uint16Array,
  from: number,
  to: number,
  continued: boolean,
  hash: number,
): number {
  const { units, starts, continues, slots } = index;
  const mask = slots.length - 1;
  for (let slot = firstSlot(hash, mask); ; slot = (slot + 1) & mask) {
    const id = (slots[slot] ?? 0) - 1;
    if (id < 0) return -1;
    const start = starts[id] ?? 0;
    if ((starts[id + 1] ?? 0) - start !== to - from || (continues[id] === 1) !== continued)
      continue;
    let same = 0;
    while (from + same < to && units[start + same] === word[from + same]) same += 1;
    if (from + same === to) return id;
  }
}

function isContinuation(piece: string): boolean {
  return piece.length > CONTINUATION.length && piece.startsWith(CONTINUATION);
}

/** FNV's low bits are its weakest. */
function firstSlot(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask;
}
