import type { OrderField, OrderTerm } from './filter.ts';
import { orderOrDefault } from './order.ts';
import { allOf, anyOf, fragment, type SqlFragment } from './sql-fragment.ts';

/** In the names of filter-sql.ts's surrounding query. */
const COLUMNS: Readonly<Record<OrderField, string>> = {
  key: 'm.key',
  importance: 'm.importance',
  createdAt: 'm.created_at',
  updatedAt: 'm.updated_at',
  accessedAt: 'COALESCE(a.accessed_at, m.created_at)',
  accessCount: 'COALESCE(a.access_count, 0)',
  version: 'm.version',
};

interface Column {
  readonly sql: string;
  readonly descending: boolean;
}

/** Positions as `keysetOf` makes them: order values, then the id. */
type Position = readonly (string | number | null)[];

export interface OrderQuery {
  /** Empty: newest first. */
  readonly order: readonly OrderTerm[];
  readonly after?: Position | null | undefined;
  readonly before?: Position | null | undefined;
  /** Walk from the last row backwards; rows come reversed, so that LIMIT takes the last ones. */
  readonly fromEnd?: boolean | undefined;
}

export interface OrderSql {
  /** Terms of ORDER BY, total: the id, in the direction of the last term, breaks all ties. */
  readonly orderBy: string;
  /** Keeps the rows strictly between the positions; null when there is none. */
  readonly condition: SqlFragment | null;
}

/** ORDER BY and keyset condition of one page. */
export function compileOrder({ order, after, before, fromEnd = false }: OrderQuery): OrderSql {
  const columns = columnsOf(order);
  const conditions: SqlFragment[] = [];
  if (after != null) conditions.push(beyond(columns, after));
  if (before != null) conditions.push(beyond(columns.map(reversed), before));
  const travelled = fromEnd ? columns.map(reversed) : columns;
  return {
    orderBy: travelled
      .map(({ sql, descending }) => `${sql} ${descending ? 'DESC' : 'ASC'}`)
      .join(', '),
    condition: conditions.length === 0 ? null : allOf(conditions),
  };
}

function columnsOf(order: readonly OrderTerm[]): readonly Column[] {
  const columns = orderOrDefault(order).map(({ field, direction }) => ({
    sql: COLUMNS[field],
    descending: direction === 'desc',
  }));
  return [...columns, { sql: 'm.id', descending: columns.at(-1)?.descending === true }];
}

function reversed(column: Column): Column {
  return { sql: column.sql, descending: !column.descending };
}

/** Rows that come after the position when walking in the order of the columns. */
function beyond(columns: readonly Column[], position: Position): SqlFragment {
  if (position.length !== columns.length) {
    throw new RangeError(
      `a position of this order has ${columns.length} values, not ${position.length}`,
    );
  }
  const values = position.map((value) => {
    if (value === null)
      throw new RangeError('a position holds no null, since no order field is ever null');
    return value;
  });
  const uniform = columns.every(({ descending }) => descending === columns[0]?.descending);
  if (uniform) return rowValue(columns, values);
  return expanded(columns, values, 0);
}

/** One comparison of row values, which an index over the columns serves as a single range. */
function rowValue(columns: readonly Column[], values: readonly (string | number)[]): SqlFragment {
  const names = columns.map(({ sql }) => sql).join(', ');
  const places = columns.map(() => '?').join(', ');
  return fragment(
    `(${names}) ${columns[0]?.descending === true ? '<' : '>'} (${places})`,
    ...values,
  );
}

/** `a <= ? AND (a < ? OR (next columns))`: the leading bound lets an index start at the position. */
function expanded(
  columns: readonly Column[],
  values: readonly (string | number)[],
  from: number,
): SqlFragment {
  const column = columns[from];
  const value = values[from];
  if (column === undefined || value === undefined) return anyOf([]);
  const symbol = column.descending ? '<' : '>';
  const strictly = fragment(`${column.sql} ${symbol} ?`, value);
  if (from === columns.length - 1) return strictly;
  const orEqual = fragment(`${column.sql} ${symbol}= ?`, value);
  return allOf([orEqual, anyOf([strictly, expanded(columns, values, from + 1)])]);
}
