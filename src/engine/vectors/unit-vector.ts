import { kernelModule } from '../webassembly.ts';
import type { KeptVector } from './quantised-vector.ts';
import { codeWords } from './sign-code.ts';
import { UNIT_KERNEL } from './unit-kernel.ts';

/** Numbers that the kernel takes at a time. */
const LANES = 8;
const PAGE = 65_536;

type ToUnit = (
  sum: number,
  sumEnd: number,
  vector: number,
  bytes: number,
  code: number,
  squares: number,
) => void;

/** Brings sums to length 1, all that is kept of them at once: 1 µs at 256 dimensions, where JavaScript takes 7. */
export class UnitVector {
  readonly #toUnit: ToUnit;
  readonly #sum: Float64Array;
  readonly #vector: Float32Array;
  readonly #bytes: Int8Array;
  readonly #code: Uint32Array;
  readonly #squares: Float64Array;
  readonly #byteSquares: Int32Array;
  /** Arguments of the kernel. */
  readonly #addresses: readonly [number, number, number, number, number, number];

  constructor(dimension: number) {
    const stride = Math.ceil(dimension / LANES) * LANES;
    const words = codeWords(stride);
    const vectorAt = stride * 8;
    const bytesAt = vectorAt + stride * 4;
    const codeAt = Math.ceil((bytesAt + stride) / 4) * 4;
    const squaresAt = Math.ceil((codeAt + words * 4) / 8) * 8;
    const pages = Math.ceil((squaresAt + 16) / PAGE);
    const { exports } = new WebAssembly.Instance(
      new WebAssembly.Module(kernelModule(pages, UNIT_KERNEL)),
    );
    const { buffer } = exports['memory'] as WebAssembly.Memory;
    this.#toUnit = exports['toUnit'] as ToUnit;
    this.#sum = new Float64Array(buffer, 0, dimension);
    this.#vector = new Float32Array(buffer, vectorAt, dimension);
    this.#bytes = new Int8Array(buffer, bytesAt, dimension);
    this.#code = new Uint32Array(buffer, codeAt, codeWords(dimension));
    this.#squares = new Float64Array(buffer, squaresAt, 1);
    this.#byteSquares = new Int32Array(buffer, squaresAt + 8, 1);
    this.#addresses = [0, vectorAt, vectorAt, bytesAt, codeAt, squaresAt];
  }

  /** A vector of its own; null when the sum has no direction. */
  of(sum: Float64Array): Float32Array | null {
    return this.#convert(sum) ? this.#vector.slice() : null;
  }

  /** The same as it is kept. The next call overwrites it. */
  kept(sum: Float64Array): KeptVector | null {
    if (!this.#convert(sum)) return null;
    const scale = 1 / Math.sqrt(this.#byteSquares[0] as number);
    return { bytes: this.#bytes, scale, code: this.#code };
  }

  #convert(sum: Float64Array): boolean {
    this.#sum.set(sum);
    this.#toUnit(...this.#addresses);
    return this.#squares[0] !== 0;
  }
}
