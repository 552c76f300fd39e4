import {
  advance,
  type Code,
  F32,
  F64,
  get,
  I32,
  type KernelFunction,
  set,
  V128,
  whileBelow,
} from '../webassembly.ts';

/*
 * WebAssembly because JavaScript converts one number at a time, and this four.
 *
 *     toUnit(sum, sumEnd, vector, bytes, code, squares)
 *
 * Of the 64-bit floats from `sum` to `sumEnd`, eight at a time: as 32-bit floats at length 1 to `vector`, these as `quantise` rounds them to
 * `bytes`, and their signs, one bit each, to `code`; bit for bit what JavaScript makes of them (unit-vector.test.ts). To `squares` the squared
 * length of the sum as a 64-bit float, and behind it that of the bytes as a 32-bit integer. A sum of length 0 leaves nothing of use.
 */
const SUM = 0;
const SUM_END = 1;
const VECTOR = 2;
const BYTES = 3;
const CODE = 4;
const SQUARES = 5;
const AT = 6;
const TO = 7;
const VALUE = 8;
const LENGTH = 9;
const FACTOR = 10;
const FOUR = 11;
const LARGEST = 12;
const EIGHT = 13;
const BYTE_SQUARES = 14;
const LARGEST_SIZE = 15;

const LOWER = [0, 1, 2, 3, 4, 5, 6, 7];
const UPPER = [8, 9, 10, 11, 12, 13, 14, 15];
const SECOND = [16, 17, 18, 19, 20, 21, 22, 23];
/** v128.const 0 */
const zero: Code = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
/** v128.load, v128.store */
const load = (address: number, offset: number): Code => [...get(address), 0xfd, 0x00, 0, offset];
const store = (address: number, offset: number, value: Code): Code => [
  ...get(address),
  ...value,
  ...[0xfd, 0x0b, 0, offset],
];
/** i8x16.shuffle: the lower halves of both */
const join = (left: Code, right: Code): Code => [
  ...left,
  ...right,
  0xfd,
  0x0d,
  ...LOWER,
  ...SECOND,
];
const upperHalf = (local: number): Code => [
  ...[...get(local), ...get(local), 0xfd, 0x0d],
  ...[...UPPER, ...UPPER],
];
/** f64x2.splat of f64.const */
const splat = (...bytes: number[]): Code => [0x44, ...bytes, 0xfd, 0x14];
const HALF = splat(0, 0, 0, 0, 0, 0, 0xe0, 0x3f);
/** f64.const 127 and 1 */
const LARGEST_BYTE: Code = [0x44, 0, 0, 0, 0, 0, 0xc0, 0x5f, 0x40];
const ONE: Code = [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];

/** Adds up one by one, since another order rounds differently. */
const SQUARED_LENGTH: Code = [
  ...set(AT, get(SUM)),
  ...whileBelow(AT, SUM_END, [
    // f64.load, f64.mul, f64.add
    ...set(VALUE, [...get(AT), 0x2b, 0, 0]),
    ...set(LENGTH, [...get(LENGTH), ...get(VALUE), ...get(VALUE), 0xa2, 0xa0]),
    ...advance(AT, 8),
  ]),
  // f64.store
  ...[...get(SQUARES), ...get(LENGTH), 0x39, 0, 0],
];

/** f64x2.mul, f32x4.demote_f64x2_zero */
const twoAtLengthOne = (offset: number): Code => [
  ...[...load(AT, offset), ...get(FACTOR), 0xfd, 0xf2, 1],
  ...[0xfd, 0x5e],
];
/** Four components; leaves their sign bits: f32x4.gt, i32x4.bitmask. */
const four = (index: number): Code => [
  ...set(FOUR, join(twoAtLengthOne(index * 32), twoAtLengthOne(index * 32 + 16))),
  ...store(TO, index * 16, get(FOUR)),
  // f32x4.abs, f32x4.pmax
  ...set(LARGEST, [...get(LARGEST), ...get(FOUR), 0xfd, 0xe0, 1, 0xfd, 0xeb, 1]),
  ...[...get(FOUR), ...zero, 0xfd, 0x44, 0xfd, 0xa4, 1],
];
const FLOATS_AND_SIGNS: Code = [
  // f64.sqrt, f64.div
  ...set(FACTOR, [...ONE, ...get(LENGTH), 0x9f, 0xa3, 0xfd, 0x14]),
  ...set(AT, get(SUM)),
  ...set(TO, get(VECTOR)),
  ...whileBelow(AT, SUM_END, [
    // i32.shl, i32.or, i32.store8
    ...[...get(CODE), ...four(0), ...four(1), 0x41, 4, 0x74, 0x72, 0x3a, 0, 0],
    ...advance(AT, 32),
    ...advance(AT, 32),
    ...advance(TO, 32),
    ...advance(CODE, 1),
  ]),
];

/** f32x4.extract_lane, f32.max */
const lane = (index: number): Code => [...get(LARGEST), 0xfd, 0x1f, index];
const LARGEST_OF_FOUR: Code = [...lane(0), ...lane(1), 0x97, ...lane(2), 0x97, ...lane(3), 0x97];
/** f64x2.promote_low_f32x4, f64x2.mul, f64x2.add, f64x2.floor, i32x4.trunc_sat_f64x2_s_zero */
const rounded = (two: Code): Code => [
  ...[...two, 0xfd, 0x5f, ...get(FACTOR), 0xfd, 0xf2, 1],
  ...[...HALF, 0xfd, 0xf0, 1, 0xfd, 0x75, 0xfd, 0xfc, 1],
];
const fourRounded = (index: number): Code => [
  ...set(FOUR, load(TO, index * 16)),
  ...join(rounded(get(FOUR)), rounded(upperHalf(FOUR))),
];
/** i32x4.extract_lane, i32.add */
const intLane = (index: number): Code => [...get(BYTE_SQUARES), 0xfd, 0x1b, index];
const ROUNDED_BYTES: Code = [
  // f64.promote_f32, f64.div
  ...set(LARGEST_SIZE, LARGEST_OF_FOUR),
  ...set(FACTOR, [...LARGEST_BYTE, ...get(LARGEST_SIZE), 0xbb, 0xa3, 0xfd, 0x14]),
  ...set(AT, get(SUM)),
  ...set(TO, get(VECTOR)),
  ...whileBelow(AT, SUM_END, [
    // i16x8.narrow_i32x4_s; i32x4.dot_i16x8_s, i32x4.add
    ...set(EIGHT, [...fourRounded(0), ...fourRounded(1), 0xfd, 0x85, 1]),
    ...set(BYTE_SQUARES, [
      ...[...get(BYTE_SQUARES), ...get(EIGHT), ...get(EIGHT)],
      ...[0xfd, 0xba, 1, 0xfd, 0xae, 1],
    ]),
    // i8x16.narrow_i16x8_s, v128.store64_lane
    ...[...get(BYTES), ...get(EIGHT), ...get(EIGHT), 0xfd, 0x65, 0xfd, 0x5b, 0, 0, 0],
    ...advance(AT, 32),
    ...advance(AT, 32),
    ...advance(TO, 32),
    ...advance(BYTES, 8),
  ]),
  // i32.store
  ...get(SQUARES),
  ...[...intLane(0), ...intLane(1), 0x6a, ...intLane(2), 0x6a, ...intLane(3), 0x6a],
  ...[0x36, 0, 8],
];

export const UNIT_KERNEL: KernelFunction = {
  name: 'toUnit',
  parameters: [I32, I32, I32, I32, I32, I32],
  locals: [I32, I32, F64, F64, V128, V128, V128, V128, V128, F32],
  body: [...SQUARED_LENGTH, ...FLOATS_AND_SIGNS, ...ROUNDED_BYTES],
};
