import { kernelModule } from '../webassembly.ts';
import { HAMMING_KERNEL } from './hamming-kernel.ts';

/** The kernel's memory: distances, the query, and codes, which are brought in by pieces. */
const PAGE = 65_536;
const PAGES = 3;
const QUERY_AT = PAGE / 2;
const CODES_AT = PAGE;
const DISTANCE_ROOM = QUERY_AT / Uint16Array.BYTES_PER_ELEMENT;
const CODE_ROOM = (PAGES * PAGE - CODES_AT) / Uint32Array.BYTES_PER_ELEMENT;

/** What the memory holds is forgotten with each call. */
const KERNEL = instantiate();

/**
 * Number of bits in which `query` differs from each of the codes that lie one behind the other; written to `distances` from
 * `offset` on. 8 ns for a code of 256 bits, with copying it into the kernel's memory; the same in JavaScript, words added by
 * carry-save adders before bits are counted, takes 38 ns. A code has 32,768 dimensions at most.
 */
export function hammingDistances(
  query: Uint32Array,
  codes: Uint32Array,
  distances: Uint16Array,
  offset: number,
): void {
  const words = query.length;
  const pairsEnd = QUERY_AT + (words - (words % 2)) * 4;
  const queryEnd = QUERY_AT + words * 4;
  const atOnce = Math.min(DISTANCE_ROOM, Math.floor(CODE_ROOM / words));
  const count = codes.length / words;
  KERNEL.query.set(query);
  for (let first = 0; first < count; first += atOnce) {
    const last = Math.min(count, first + atOnce);
    KERNEL.codes.set(last - first === count ? codes : codes.subarray(first * words, last * words));
    KERNEL.measure(QUERY_AT, pairsEnd, queryEnd, CODES_AT, 0, (last - first) * 2);
    distances.set(KERNEL.distances.subarray(0, last - first), offset + first);
  }
}

type Measure = (
  query: number,
  pairsEnd: number,
  queryEnd: number,
  codes: number,
  distances: number,
  end: number,
) => void;

/** 0.4 ms. */
function instantiate() {
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(kernelModule(PAGES, HAMMING_KERNEL)),
  );
  const { buffer } = exports['memory'] as WebAssembly.Memory;
  return {
    measure: exports['distances'] as Measure,
    distances: new Uint16Array(buffer, 0, DISTANCE_ROOM),
    query: new Uint32Array(buffer, QUERY_AT, (CODES_AT - QUERY_AT) / 4),
    codes: new Uint32Array(buffer, CODES_AT, CODE_ROOM),
  };
}
