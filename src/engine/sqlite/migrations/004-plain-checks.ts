import { LINK_KINDS } from '../../model/link.ts';
import { SECTIONS } from '../../model/section.ts';

/** Lists as earlier versions wrote them, by table and column. */
const LISTS: readonly (readonly [table: string, column: string, names: readonly string[]])[] = [
  ['memories', 'section', SECTIONS],
  ['changes', 'kind', ['created', 'updated', 'deleted']],
  ['embeddings', 'state', ['PENDING', 'READY', 'FAILED']],
  ['memory_links', 'kind', LINK_KINDS],
  ['outbox', 'op', ['promote', 'put', 'remove']],
];

/**
 * SQLite makes a B-tree of a list of three and more names, anew for each row that is checked against it (OpenEphemeral in EXPLAIN of an
 * INSERT): 6 % of a store. The same checks as comparisons make none. The rows meet them already, so that only the text of the
 * schema changes, which is a matter of milliseconds for any file (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table
 * Schema Changes"). Whoever opened the file before holds the older text, which means the same.
 */
export const plainChecks = `
PRAGMA writable_schema = ON;
${LISTS.map(rewriteCheck).join('')}
PRAGMA writable_schema = RESET;
`;

function rewriteCheck([table, column, names]: (typeof LISTS)[number]): string {
  const texts = names.map((name) => `'${name}'`);
  const list = `${column} IN (${texts.join(', ')})`;
  const comparisons = texts.map((text) => `${column} = ${text}`).join(' OR ');
  const quoted = (sql: string): string => `'${sql.replaceAll("'", "''")}'`;
  return `UPDATE sqlite_schema SET sql = replace(sql, ${quoted(list)}, ${quoted(comparisons)}) WHERE name = '${table}' AND type = 'table';\n`;
}
