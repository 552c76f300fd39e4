/*
 * A WebAssembly module of one function, written down as the bytes of its instructions, so that it needs no assembler. WebAssembly
 * because JavaScript has no instruction that counts the bits of a word; names are those of the specification's text format.
 *
 *     distances(query, pairsEnd, queryEnd, codes, distances, end)
 *
 * All arguments are addresses in the module's memory: of the query from `query` to `queryEnd`, of which full pairs of words end at
 * `pairsEnd`; of codes as long, one behind the other; of 16-bit distances, one for each code, at least one.
 */
type Code = readonly number[];

const I32 = 0x7f;
const I64 = 0x7e;

const QUERY = 0;
const PAIRS_END = 1;
const QUERY_END = 2;
const CODES = 3;
const DISTANCES = 4;
const END = 5;
const PARAMETERS = [I32, I32, I32, I32, I32, I32];
/** Where in the query. */
const AT = 6;
/** Bits that differ. */
const BITS = 7;
const LOCALS = [2, ...[1, I32], ...[1, I64]];

const get = (local: number): Code => [0x20, local];
const set = (local: number, value: Code): Code => [...value, 0x21, local];
/** i32.const, i32.add */
const advance = (local: number, bytes: number): Code =>
  set(local, [...get(local), 0x41, bytes, 0x6a]);
/** i32.lt_u */
const below = (left: number, right: number): Code => [...get(left), ...get(right), 0x49];
/** `block` that is left by `br 1` from the loop inside, `loop` that is repeated by `br 0`. */
const whileBelow = (left: number, right: number, body: Code): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  // i32.eqz, br_if 1
  ...[...below(left, right), 0x45, 0x0d, 1],
  ...[...body, 0x0c, 0],
  ...[0x0b, 0x0b],
];

/** i64.load and i64.load32_u of an address without alignment */
const load64 = (local: number): Code => [...get(local), 0x29, 0, 0];
const load32 = (local: number): Code => [...get(local), 0x35, 0, 0];
/** i64.xor, i64.popcnt, i64.add */
const addDiffering = (load: (local: number) => Code): Code =>
  set(BITS, [...get(BITS), ...load(AT), ...load(CODES), 0x85, 0x7b, 0x7c]);
const step = (load: (local: number) => Code, bytes: number): Code => [
  ...addDiffering(load),
  ...advance(AT, bytes),
  ...advance(CODES, bytes),
];

const BODY: Code = [
  ...whileBelow(DISTANCES, END, [
    ...set(AT, get(QUERY)),
    // i64.const 0
    ...set(BITS, [0x42, 0]),
    ...whileBelow(AT, PAIRS_END, step(load64, 8)),
    ...whileBelow(AT, QUERY_END, step(load32, 4)),
    // i64.store16
    ...[...get(DISTANCES), ...get(BITS), 0x3d, 0, 0],
    ...advance(DISTANCES, 2),
  ]),
  0x0b,
];

/** Numbers of one module lie below 2^14. */
const leb128 = (value: number): Code =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >>> 7];
const sized = (content: Code): Code => [...leb128(content.length), ...content];
const section = (id: number, content: Code): Code => [id, ...sized(content)];
const named = (name: string): Code => sized([...Buffer.from(name)]);

/** The module, with a memory of `pages` of 64 KiB that never grows; it exports `memory` and `distances`. */
export function hammingModule(pages: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, ...Buffer.from('asm'), 1, 0, 0, 0],
    // One type: a function without a result.
    ...section(1, [1, 0x60, ...sized(PARAMETERS), 0]),
    // One function of that type.
    ...section(3, [1, 0]),
    // One memory with a limit.
    ...section(5, [1, 1, pages, pages]),
    ...section(7, [2, ...named('memory'), 2, 0, ...named('distances'), 0, 0]),
    ...section(10, [1, ...sized([...LOCALS, ...BODY])]),
  ]);
}
