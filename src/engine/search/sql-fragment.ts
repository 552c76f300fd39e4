/** A piece of SQL and the values of its question marks, in order. */
export interface SqlFragment {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

export function fragment(sql: string, ...params: readonly (string | number)[]): SqlFragment {
  return { sql, params };
}

/** Always true or always false. */
export function constant(value: boolean): SqlFragment {
  return value ? TRUE : FALSE;
}

const TRUE: SqlFragment = Object.freeze({ sql: '1', params: Object.freeze([]) });
const FALSE: SqlFragment = Object.freeze({ sql: '0', params: Object.freeze([]) });

/** Conjunction; true when there is nothing to join. */
export function allOf(parts: readonly SqlFragment[]): SqlFragment {
  return join(parts, ' AND ', TRUE, FALSE);
}

/** Disjunction; false when there is nothing to join. */
export function anyOf(parts: readonly SqlFragment[]): SqlFragment {
  return join(parts, ' OR ', FALSE, TRUE);
}

export function negated(part: SqlFragment): SqlFragment {
  if (part.sql === TRUE.sql) return FALSE;
  return part.sql === FALSE.sql ? TRUE : { sql: `NOT (${part.sql})`, params: part.params };
}

/** `neutral` parts are dropped, an `absorbing` one decides. */
function join(
  parts: readonly SqlFragment[],
  glue: string,
  neutral: SqlFragment,
  absorbing: SqlFragment,
): SqlFragment {
  if (parts.some((part) => part.sql === absorbing.sql)) return absorbing;
  const kept = parts.filter((part) => part.sql !== neutral.sql);
  const [only] = kept;
  if (only === undefined) return neutral;
  if (kept.length === 1) return only;
  return {
    sql: `(${kept.map((part) => part.sql).join(glue)})`,
    params: kept.flatMap((part) => [...part.params]),
  };
}
