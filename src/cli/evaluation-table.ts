/** Lines of a table for a terminal: the first column to the left, the others to the right. */
export function tableLines(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    widths
      .map((width, index) => {
        const cell = cells[index] ?? '';
        return index === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ');
  return [columns, ...rows].map(line);
}

/** A share of 0..1 in percent with one digit; `-` for an absent one. */
export function percent(share: number | undefined): string {
  return share === undefined ? '-' : (share * 100).toFixed(1);
}

/** What served the recalls, when it was not always the mode that was asked for; no line otherwise. */
export function servedLines(
  mode: string,
  servedModes: Readonly<Record<string, number>>,
  degraded: number,
): readonly string[] {
  const parts = Object.entries(servedModes).map(([served, count]) => `${served} ${count}`);
  const asAsked = Object.keys(servedModes).every((served) => served === mode);
  return [
    ...(asAsked ? [] : [`asked for ${mode}, served by: ${parts.join(', ')}`]),
    ...(degraded === 0 ? [] : [`${degraded} recalls were degraded`]),
  ];
}
