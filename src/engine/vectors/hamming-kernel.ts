import {
  advance,
  type Code,
  get,
  I32,
  I64,
  type KernelFunction,
  set,
  whileBelow,
} from '../webassembly.ts';

/*
 * WebAssembly because JavaScript has no instruction that counts the bits of a word.
 *
 *     distances(query, pairsEnd, queryEnd, codes, distances, end)
 *
 * All arguments are addresses in the module's memory: of the query from `query` to `queryEnd`, of which full pairs of words end at
 * `pairsEnd`; of codes as long, one behind the other; of 16-bit distances, one for each code, at least one.
 */
const QUERY = 0;
const PAIRS_END = 1;
const QUERY_END = 2;
const CODES = 3;
const DISTANCES = 4;
const END = 5;
/** Where in the query. */
const AT = 6;
/** Bits that differ. */
const BITS = 7;

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

export const HAMMING_KERNEL: KernelFunction = {
  name: 'distances',
  parameters: [I32, I32, I32, I32, I32, I32],
  locals: [I32, I64],
  body: [
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
  ],
};
