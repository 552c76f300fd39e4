import type { MemoryRecord } from '../model/memory-record.ts';
import { compareCodePoints } from './code-points.ts';
import type { OrderTerm } from './filter.ts';
import { keysetOf, orderOrDefault } from './order.ts';

/** The order of a list as a comparison of records, the same as the SQL of order-sql.ts: total, the id breaks all ties. */
export function compareInOrder(
  order: readonly OrderTerm[],
): (left: MemoryRecord, right: MemoryRecord) => number {
  const terms = orderOrDefault(order);
  const signs = terms.map(({ direction }) => (direction === 'desc' ? -1 : 1));
  // The id goes in the direction of the last term.
  const signOf = (index: number): number => signs[Math.min(index, signs.length - 1)] ?? 1;
  return (left, right) => {
    const rightKeys = keysetOf(right, terms);
    for (const [index, value] of keysetOf(left, terms).entries()) {
      const difference = compareScalars(value, rightKeys[index] ?? null);
      if (difference !== 0) return difference * signOf(index);
    }
    return 0;
  };
}

function compareScalars(left: string | number | null, right: string | number | null): number {
  if (typeof left === 'string' && typeof right === 'string') return compareCodePoints(left, right);
  return Number(left) - Number(right);
}
