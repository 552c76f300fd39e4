/** A table of text cells; numbers are formatted by whoever makes it. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences under the table: what was measured and how to read it. */
  readonly notes: readonly string[];
}

/** Columns aligned for a terminal: the first to the left, the others to the right. */
export function textTable(table: Table): string {
  const widths = table.columns.map((column, index) =>
    Math.max(column.length, ...table.rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    widths
      .map((width, index) => {
        const cell = cells[index] ?? '';
        return index === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [
    table.title,
    line(table.columns),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...table.rows.map(line),
    ...table.notes,
  ].join('\n');
}

/** The same as GitHub Markdown. */
export function markdownTable(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = table.columns.map((_, index) => (index === 0 ? '---' : '---:'));
  return [
    `**${table.title}**`,
    '',
    line(table.columns),
    line(rule),
    ...table.rows.map(line),
    '',
    ...table.notes,
  ].join('\n');
}

/** Three significant digits, thousands with a comma: 0.0123, 4.57, 81.2, 12,300. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

/** How many times: 23×, 4.6×, 0.81×. */
export function formatRatio(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const text = value.toLocaleString('en-US', { maximumSignificantDigits: value < 10 ? 2 : 3 });
  return `${text}×`;
}
