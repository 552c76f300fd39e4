import type { StatementCache } from '../statement-cache.ts';
import { countTotals, readTotals } from '../text-totals.ts';
import type { Findings } from './findings.ts';

/** The totals of the full-text index, on which every score depends, against its rows: FTS5's own check leaves them out. */
export function checkTextTotals(statements: StatementCache, findings: Findings): void {
  if (findings.has('text')) return;
  const noted = readTotals(statements);
  const counted = countTotals(statements);
  if (noted.length === counted.length && noted.every((total, at) => total === counted[at])) return;
  findings.entry({
    area: 'text',
    table: 'memories_text',
    problem: 'the totals of the full-text index differ from its rows',
  });
}
