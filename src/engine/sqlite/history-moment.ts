import type { LogRefusal, Moment } from '../backends/history-reads.ts';
import { readLogBounds } from './change-log.ts';
import type { HistoryClock, Mark } from './history-clock.ts';
import type { StatementCache } from './statement-cache.ts';

const AFTER_UNIT = `SELECT seq FROM changes
  WHERE seq > ? AND csn <> (SELECT csn FROM changes WHERE seq = ?) ORDER BY seq LIMIT 1`;

/** A moment as a place in the change log. */
export interface LogPlace {
  /** Newest entry that had happened; the end of a unit of work. */
  readonly seq: number;
  /** Unix ms by which expiry is judged. */
  readonly at: number;
  /** The log once held more than it does. */
  readonly trimmed: boolean;
}

/**
 * The place of a moment. A time is the last commit not after it (history-clock.ts), a position is the whole unit of work
 * around it. Refused are moments before the end of what was trimmed, and positions that the log never reached.
 */
export function placeOf(
  statements: StatementCache,
  clock: HistoryClock,
  moment: Moment,
): LogPlace | LogRefusal {
  const { headSeq, oldestSeq, trimmedAt } = readLogBounds(statements);
  const start: Mark = { seq: oldestSeq - 1, high: trimmedAt ?? Number.NEGATIVE_INFINITY };
  const trimmed = start.seq > 0;
  if ('seq' in moment) {
    if (moment.seq > headSeq) return { refused: 'AHEAD', start };
    if (moment.seq < start.seq) return { refused: 'TRIMMED', start };
    const seq = moment.seq === start.seq ? start.seq : endOfUnit(statements, moment.seq, headSeq);
    return { seq, at: clock.last(statements, start, (mark) => mark.seq > seq).high, trimmed };
  }
  if (moment.at < start.high) return { refused: 'TRIMMED', start };
  const { seq } = clock.last(statements, start, (mark) => mark.high > moment.at);
  return { seq, at: moment.at, trimmed };
}

/** A position between the changes of one unit would show a state that never was. */
function endOfUnit(statements: StatementCache, seq: number, headSeq: number): number {
  const next = statements.row(AFTER_UNIT, seq, seq)?.[0] as number | undefined;
  return next === undefined ? headSeq : next - 1;
}
