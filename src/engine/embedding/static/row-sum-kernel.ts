import {
  advance,
  type Code,
  F64,
  get,
  I32,
  type KernelFunction,
  set,
  V128,
  whileBelow,
} from '../../webassembly.ts';

/*
 * WebAssembly because JavaScript multiplies one number at a time, and this eight.
 *
 *     addRows(sum, sumEnd, pairs, pairsEnd, unit)
 *
 * Adds to the 64-bit floats from `sum` to `sumEnd`, eight at a time, the sums of the signed bytes of all rows, each times the weight of its
 * row, times `unit`. Rows come in pairs of 16 bytes: their two addresses, the upper parts of their weights as two 16-bit numbers, and the
 * lower parts, of 15 bits. Nothing is rounded: both parts are summed up as 32-bit numbers, which hold MOST_PAIRS.
 */
const SUM = 0;
const SUM_END = 1;
const PAIRS = 2;
const PAIRS_END = 3;
const UNIT = 4;
/** Of the eight numbers in a row. */
const OFFSET = 5;
const PAIR = 6;
/** Eight bytes of both rows in turns, then as 16-bit numbers, four of each row. */
const BYTES = 7;
const FOURS = [8, 9] as const;
/** Upper and lower part of both weights, again and again. */
const WEIGHTS = [10, 11] as const;
/** Four sums in each: of the upper parts and of the lower parts. */
const UPPER_SUMS = [12, 13] as const;
const LOWER_SUMS = [14, 15] as const;

/** 128 times a lower part, two of them in each step. */
export const MOST_PAIRS = 255;
export const PAIR_BYTES = 16;
export const LOWER_BITS = 15;

const PAIR_STEP = advance(PAIR, PAIR_BYTES);
const IN_TURNS = [0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23];
const UPPER_LANES = [8, 9, 10, 11, 12, 13, 14, 15];

/** v128.load64_zero of i32.load and i32.add: eight bytes of the first or the second row. */
const loadEight = (row: number): Code => [
  ...[...get(PAIR), 0x28, 0, row * 4],
  ...[...get(OFFSET), 0x6a, 0xfd, 0x5d, 0, 0],
];
/** v128.load32_splat */
const loadWeights = (part: number): Code => [...get(PAIR), 0xfd, 0x09, 0, 8 + part * 4];
/** i32x4.dot_i16x8_s, i32x4.add */
const addProducts = (sum: number, four: number, weights: number): Code =>
  set(sum, [...get(sum), ...get(four), ...get(weights), 0xfd, 0xba, 1, 0xfd, 0xae, 1]);
/** v128.const 0 */
const noSum: Code = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
/** f64x2.convert_low_i32x4_s of the lower or the upper two */
const convert = (sum: number, upper: boolean): Code => [
  ...get(sum),
  ...(upper ? [...get(sum), 0xfd, 0x0d, ...UPPER_LANES, ...UPPER_LANES] : []),
  ...[0xfd, 0xfe, 1],
];
/** f64x2.splat of f64.const 32768 */
const LOWER_PART: Code = [0x44, 0, 0, 0, 0, 0, 0, 0xe0, 0x40, 0xfd, 0x14];
/** v128.load, f64x2.mul and f64x2.add, v128.store */
const addTwo = (four: number, upper: boolean): Code => {
  const at = four * 32 + (upper ? 16 : 0);
  return [
    ...get(SUM),
    ...[...get(SUM), 0xfd, 0x00, 0, at],
    ...[...convert(UPPER_SUMS[four] as number, upper), ...LOWER_PART, 0xfd, 0xf2, 1],
    ...[...convert(LOWER_SUMS[four] as number, upper), 0xfd, 0xf0, 1],
    ...[...get(UNIT), 0xfd, 0x14, 0xfd, 0xf2, 1],
    ...[0xfd, 0xf0, 1],
    ...[0xfd, 0x0b, 0, at],
  ];
};

export const ROW_SUM_KERNEL: KernelFunction = {
  name: 'addRows',
  parameters: [I32, I32, I32, I32, F64],
  locals: [I32, I32, ...new Array<number>(9).fill(V128)],
  body: whileBelow(SUM, SUM_END, [
    ...[...UPPER_SUMS, ...LOWER_SUMS].flatMap((sum) => set(sum, noSum)),
    ...set(PAIR, get(PAIRS)),
    ...whileBelow(PAIR, PAIRS_END, [
      // i8x16.shuffle; i16x8.extend_low_i8x16_s and i16x8.extend_high_i8x16_s
      ...set(BYTES, [...loadEight(0), ...loadEight(1), 0xfd, 0x0d, ...IN_TURNS]),
      ...set(FOURS[0], [...get(BYTES), 0xfd, 0x87, 1]),
      ...set(FOURS[1], [...get(BYTES), 0xfd, 0x88, 1]),
      ...WEIGHTS.flatMap((weights, part) => set(weights, loadWeights(part))),
      ...FOURS.flatMap((four, index) => [
        ...addProducts(UPPER_SUMS[index] as number, four, WEIGHTS[0]),
        ...addProducts(LOWER_SUMS[index] as number, four, WEIGHTS[1]),
      ]),
      ...PAIR_STEP,
    ]),
    ...FOURS.flatMap((_, index) => [...addTwo(index, false), ...addTwo(index, true)]),
    ...advance(SUM, 32),
    ...advance(SUM, 32),
    ...advance(OFFSET, 8),
  ]),
};
