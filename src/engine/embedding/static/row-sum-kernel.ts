import {
  advance,
  type Code,
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
 *     addRows(sum, sumEnd, rows, rowsEnd, weights)
 *
 * Writes to the 64-bit floats from `sum` to `sumEnd`, eight at a time, the sums of the signed bytes of all rows, each times the weight of
 * its row. `rows` is a list of the rows' addresses, `weights` one of 64-bit floats as long. Each float is summed up in the order of the
 * rows, so that the result is, bit for bit, that of a loop over the rows.
 */
const SUM = 0;
const SUM_END = 1;
const ROWS = 2;
const ROWS_END = 3;
const WEIGHTS = 4;
/** Of the eight numbers in a row. */
const OFFSET = 5;
const ROW_AT = 6;
const WEIGHT_AT = 7;
const WEIGHT = 8;
/** Eight bytes of a row as 16-bit numbers, four of them as 32-bit numbers. */
const EIGHT = 9;
const FOUR = 10;
/** Eight sums, two in each. */
const SUMS = [11, 12, 13, 14] as const;
/** Of each local in `SUMS` in the memory. */
const SUM_BYTES = 16;

/** f64x2.splat of f64.const 0 */
const noSum: Code = [0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0xfd, 0x14];
/** v128.load8x8_s of i32.load and i32.add: the address of a row and the offset in it. */
const loadEight: Code = [...get(ROW_AT), 0x28, 0, 0, ...get(OFFSET), 0x6a, 0xfd, 1, 0, 0];
/** v128.load64_splat and v128.store */
const loadWeight = (address: number): Code => [...get(address), 0xfd, 0x0a, 0, 0];
const store = (address: number, offset: number, local: number): Code => [
  ...get(address),
  ...get(local),
  ...[0xfd, 0x0b, 0, offset],
];
/** i32x4.extend_low_i16x8_s, i32x4.extend_high_i16x8_s */
const lowHalf: Code = [...get(EIGHT), 0xfd, 0xa7, 1];
const highHalf: Code = [...get(EIGHT), 0xfd, 0xa8, 1];
/** Two numbers of `FOUR`: f64x2.convert_low_i32x4_s, for the upper two after i8x16.shuffle has brought them down. */
const convertLow: Code = [0xfd, 0xfe, 1];
const UPPER_LANES = [8, 9, 10, 11, 12, 13, 14, 15];
const lowTwo: Code = [...get(FOUR), ...convertLow];
const highTwo: Code = [
  ...get(FOUR),
  ...get(FOUR),
  ...[0xfd, 0x0d, ...UPPER_LANES, ...UPPER_LANES],
  ...convertLow,
];
/** f64x2.mul, f64x2.add */
const addWeighted = (sum: number, two: Code): Code =>
  set(sum, [...get(sum), ...get(WEIGHT), ...two, 0xfd, 0xf2, 1, 0xfd, 0xf0, 1]);

export const ROW_SUM_KERNEL: KernelFunction = {
  name: 'addRows',
  parameters: [I32, I32, I32, I32, I32],
  locals: [I32, I32, I32, V128, V128, V128, ...SUMS.map(() => V128)],
  body: whileBelow(SUM, SUM_END, [
    ...SUMS.flatMap((sum) => set(sum, noSum)),
    ...set(ROW_AT, get(ROWS)),
    ...set(WEIGHT_AT, get(WEIGHTS)),
    ...whileBelow(ROW_AT, ROWS_END, [
      ...set(WEIGHT, loadWeight(WEIGHT_AT)),
      ...set(EIGHT, loadEight),
      ...set(FOUR, lowHalf),
      ...addWeighted(SUMS[0], lowTwo),
      ...addWeighted(SUMS[1], highTwo),
      ...set(FOUR, highHalf),
      ...addWeighted(SUMS[2], lowTwo),
      ...addWeighted(SUMS[3], highTwo),
      ...advance(ROW_AT, 4),
      ...advance(WEIGHT_AT, 8),
    ]),
    ...SUMS.flatMap((sum, index) => store(SUM, index * SUM_BYTES, sum)),
    ...advance(SUM, 32),
    ...advance(SUM, 32),
    ...advance(OFFSET, 8),
  ]),
};
