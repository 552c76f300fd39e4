import type {
  Filter,
  FilterComparison,
  FilterField,
  FilterOperand,
  FilterScalar,
} from './filter.ts';
import { FILTER_FIELDS } from './filter.ts';
import { toSqlitePath } from './json-path.ts';
import { allOf, anyOf, constant, fragment, negated, type SqlFragment } from './sql-fragment.ts';

/**
 * SQL of each field; `nullable` ones need a guard, since every condition must be true or false, never NULL,
 * for NOT to be an exact negation. The surrounding query is
 * `FROM memories m LEFT JOIN personas p ON p.id = m.persona_id LEFT JOIN memory_access a ON a.memory_id = m.id`.
 */
const COLUMNS: Readonly<Record<FilterField, { readonly sql: string; readonly nullable: boolean }>> =
  {
    key: { sql: 'm.key', nullable: false },
    section: { sql: 'm.section', nullable: false },
    persona: { sql: 'p.name', nullable: true },
    importance: { sql: 'm.importance', nullable: false },
    version: { sql: 'm.version', nullable: false },
    createdAt: { sql: 'm.created_at', nullable: false },
    updatedAt: { sql: 'm.updated_at', nullable: false },
    accessedAt: { sql: 'COALESCE(a.accessed_at, m.created_at)', nullable: false },
    accessCount: { sql: 'COALESCE(a.access_count, 0)', nullable: false },
    expiresAt: { sql: 'm.expires_at', nullable: true },
  };

const SYMBOLS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Values of a list, bound as one JSON text: the statement is the same for every length. */
const LIST = '(SELECT value FROM json_each(?))';

/** Ids of the personas of a name or of a list of names; not correlated, so that an index on m.persona_id can serve it. */
const PERSONA_NAMED = 'm.persona_id IN (SELECT id FROM personas WHERE namespace = ? AND name';

/**
 * Condition for WHERE; values are bound in the order of the question marks. The namespace is the one the surrounding query
 * reads, and is needed to find personas by index. Paths that SQLite cannot address are a ValidationError.
 */
export function compileFilter(filter: Filter, namespace: string): SqlFragment {
  if ('and' in filter) return allOf(filter.and.map((part) => compileFilter(part, namespace)));
  if ('or' in filter) return anyOf(filter.or.map((part) => compileFilter(part, namespace)));
  if ('not' in filter) return negated(compileFilter(filter.not, namespace));
  if ('tags' in filter) return compileTags(filter.tags, filter.values);
  const { operand, comparison } = filter;
  switch (comparison.operator) {
    case 'ne':
      return negated(
        compileComparison(operand, { operator: 'eq', value: comparison.value }, namespace),
      );
    case 'nin':
      return negated(
        compileComparison(operand, { operator: 'in', values: comparison.values }, namespace),
      );
    case 'between':
      return allOf([
        compileComparison(operand, { operator: 'gte', value: comparison.low }, namespace),
        compileComparison(operand, { operator: 'lte', value: comparison.high }, namespace),
      ]);
    default:
      return compileComparison(operand, comparison, namespace);
  }
}

type PlainComparison = Exclude<FilterComparison, { readonly operator: 'between' }>;

function compileComparison(
  operand: FilterOperand,
  comparison: PlainComparison,
  namespace: string,
): SqlFragment {
  return 'field' in operand
    ? compileField(operand.field, comparison, namespace)
    : compileJson(`m.${operand.json}`, toSqlitePath(operand.path), comparison);
}

function compileTags(quantifier: 'any' | 'all' | 'none', values: readonly string[]): SqlFragment {
  const wanted = [...new Set(values)];
  if (wanted.length === 0) return constant(quantifier !== 'any');
  const tagged = `m.id IN (SELECT memory_id FROM memory_tags WHERE tag IN ${LIST}`;
  if (quantifier === 'all') {
    return fragment(
      `${tagged} GROUP BY memory_id HAVING count(*) = ?)`,
      JSON.stringify(wanted),
      wanted.length,
    );
  }
  const any = fragment(`${tagged})`, JSON.stringify(wanted));
  return quantifier === 'any' ? any : negated(any);
}

function compileField(
  field: FilterField,
  comparison: PlainComparison,
  namespace: string,
): SqlFragment {
  const { sql, nullable } = COLUMNS[field];
  const guard = (condition: SqlFragment): SqlFragment =>
    nullable && condition.sql !== '0'
      ? allOf([fragment(`${sql} IS NOT NULL`), condition])
      : condition;
  const comparable = (value: FilterScalar): value is string | number =>
    typeof value ===
    (FILTER_FIELDS[field] === 'string' || FILTER_FIELDS[field] === 'section' ? 'string' : 'number');
  switch (comparison.operator) {
    case 'exists':
      return nullable
        ? fragment(`${sql} IS ${comparison.value ? 'NOT ' : ''}NULL`)
        : constant(comparison.value);
    case 'eq':
    case 'ne':
    case 'in':
    case 'nin': {
      const values = 'values' in comparison ? comparison.values : [comparison.value];
      const isNull =
        nullable && values.includes(null) ? fragment(`${sql} IS NULL`) : constant(false);
      return anyOf([isNull, equalsAny(field, values.filter(comparable), namespace, guard)]);
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      if (!comparable(comparison.value)) return constant(false);
      return guard(fragment(`${sql} ${SYMBOLS[comparison.operator]} ?`, comparison.value));
    case 'contains':
      return comparable(comparison.value)
        ? guard(fragment(`instr(${sql}, ?) > 0`, comparison.value))
        : constant(false);
    case 'startsWith':
      return comparable(comparison.value)
        ? guard(startsWith(sql, comparison.value))
        : constant(false);
  }
}

function equalsAny(
  field: FilterField,
  values: readonly (string | number)[],
  namespace: string,
  guard: (condition: SqlFragment) => SqlFragment,
): SqlFragment {
  const [first] = values;
  if (first === undefined) return constant(false);
  const single = values.length === 1;
  const bound = single ? first : listText(values);
  if (field === 'persona') {
    const condition = fragment(
      `${PERSONA_NAMED} ${single ? '= ?' : `IN ${LIST}`})`,
      namespace,
      bound,
    );
    return allOf([fragment('m.persona_id IS NOT NULL'), condition]);
  }
  return guard(fragment(`${COLUMNS[field].sql} ${single ? '= ?' : `IN ${LIST}`}`, bound));
}

/** As a range, which an index on the column can serve; the bound is exact because stored names are well-formed Unicode. */
function startsWith(sql: string, prefix: string): SqlFragment {
  const lower = fragment(`${sql} >= ?`, prefix);
  const next = firstStringAfterPrefix(prefix);
  return next === null ? lower : allOf([lower, fragment(`${sql} < ?`, next)]);
}

/** The smallest string, by code point, above all strings that start with the prefix; null when there is none. */
function firstStringAfterPrefix(prefix: string): string | null {
  const characters = [...prefix];
  while (characters.length > 0) {
    const code = characters.pop()?.codePointAt(0) ?? 0;
    // The code points after U+D7FF are surrogates, which no stored name holds.
    if (code < 0x10ffff)
      return characters.join('') + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
  }
  return null;
}

/**
 * Conditions on a JSON path: the type is tested first, so that SQLite never compares a string with a number,
 * and `IS` keeps a missing path false instead of NULL.
 */
function compileJson(column: string, path: string, comparison: PlainComparison): SqlFragment {
  switch (comparison.operator) {
    case 'exists':
      return fragment(`json_type(${column}, ?) IS ${comparison.value ? 'NOT ' : ''}NULL`, path);
    case 'eq':
    case 'ne':
    case 'in':
    case 'nin':
      return jsonEqualsAny(
        column,
        path,
        'values' in comparison ? comparison.values : [comparison.value],
      );
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return jsonCompare(
        column,
        path,
        typeof comparison.value,
        `${SYMBOLS[comparison.operator]} ?`,
        comparison.value,
      );
    case 'contains':
      return fragment(
        `CASE json_type(${column}, ?) WHEN 'text' THEN instr(json_extract(${column}, ?), ?) > 0
         WHEN 'array' THEN EXISTS (SELECT 1 FROM json_each(${column}, ?) e WHERE e.type = 'text' AND e.value = ?) ELSE 0 END`,
        path,
        path,
        comparison.value,
        path,
        comparison.value,
      );
    case 'startsWith':
      return allOf([
        fragment(`json_type(${column}, ?) IS 'text'`, path),
        fragment(
          `substr(json_extract(${column}, ?), 1, length(?)) = ?`,
          path,
          comparison.value,
          comparison.value,
        ),
      ]);
  }
}

function jsonEqualsAny(column: string, path: string, values: readonly FilterScalar[]): SqlFragment {
  const conditions: SqlFragment[] = [];
  if (values.includes(null))
    conditions.push(fragment(`ifnull(json_type(${column}, ?), 'null') = 'null'`, path));
  for (const truth of [true, false]) {
    if (values.includes(truth))
      conditions.push(fragment(`json_type(${column}, ?) IS '${truth}'`, path));
  }
  for (const type of ['string', 'number'] as const) {
    const ofType = values.filter((value): value is string | number => typeof value === type);
    const [first] = ofType;
    if (first === undefined) continue;
    conditions.push(
      ofType.length === 1
        ? jsonCompare(column, path, type, '= ?', first)
        : jsonCompare(column, path, type, `IN ${LIST}`, listText(ofType)),
    );
  }
  return anyOf(conditions);
}

function jsonCompare(
  column: string,
  path: string,
  type: string,
  comparison: string,
  value: string | number,
): SqlFragment {
  const isType = type === 'string' ? "IS 'text'" : "IN ('integer', 'real')";
  return allOf([
    fragment(`ifnull(json_type(${column}, ?), '') ${isType}`, path),
    fragment(`json_extract(${column}, ?) ${comparison}`, path, value),
  ]);
}

/** JSON list for json_each; a number beyond 2^53 is written as a float, so that SQLite reads the very same double. */
function listText(values: readonly (string | number)[]): string {
  return `[${values.map((value) => (typeof value === 'string' || !isLongInteger(value) ? JSON.stringify(value) : `${value}.0`)).join(',')}]`;
}

function isLongInteger(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21;
}
