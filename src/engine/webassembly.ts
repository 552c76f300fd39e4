/*
 * Just enough of WebAssembly's binary format to write a module of one function down as the bytes of its instructions, so that it needs
 * no assembler. Names are those of the specification's text format.
 */
export type Code = readonly number[];

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;

/** local.get */
export const get = (local: number): Code => [0x20, local];
/** local.set */
export const set = (local: number, value: Code): Code => [...value, 0x21, local];
/** i32.const, i32.add; by less than 64 bytes, which take one byte as a signed number. */
export const advance = (local: number, bytes: number): Code =>
  set(local, [...get(local), 0x41, bytes, 0x6a]);

/** i32.lt_u */
const below = (left: number, right: number): Code => [...get(left), ...get(right), 0x49];

/** `block` that is left by `br 1` from the loop inside, `loop` that is repeated by `br 0`. */
export const whileBelow = (left: number, right: number, body: Code): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  // i32.eqz, br_if 1
  ...[...below(left, right), 0x45, 0x0d, 1],
  ...[...body, 0x0c, 0],
  ...[0x0b, 0x0b],
];

export interface KernelFunction {
  readonly name: string;
  readonly parameters: readonly number[];
  /** Types of the locals behind the parameters. */
  readonly locals: readonly number[];
  /** Without its last `end`. */
  readonly body: Code;
}

/** A module that exports `memory`, of `pages` of 64 KiB that never grow, and the function, which has no result. */
export function kernelModule(pages: number, kernel: KernelFunction): Uint8Array<ArrayBuffer> {
  const locals = [kernel.locals.length, ...kernel.locals.flatMap((type) => [1, type])];
  return Uint8Array.from([
    ...[0x00, ...Buffer.from('asm'), 1, 0, 0, 0],
    // One type: a function without a result.
    ...section(1, [1, 0x60, ...sized(kernel.parameters), 0]),
    // One function of that type.
    ...section(3, [1, 0]),
    // One memory with a limit.
    ...section(5, [1, 1, ...leb128(pages), ...leb128(pages)]),
    ...section(7, [2, ...named('memory'), 2, 0, ...named(kernel.name), 0, 0]),
    ...section(10, [1, ...sized([...locals, ...kernel.body, 0x0b])]),
  ]);
}

const leb128 = (value: number): Code =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb128(value >>> 7)];
const sized = (content: Code): Code => [...leb128(content.length), ...content];
const section = (id: number, content: Code): Code => [id, ...sized(content)];
const named = (name: string): Code => sized([...Buffer.from(name)]);
