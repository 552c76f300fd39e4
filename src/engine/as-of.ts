import type { LogRefusal, Moment } from './backends/history-reads.ts';
import { decodeChangeCursor, encodeChangeCursor } from './change-cursor.ts';
import { ValidationError } from './errors.ts';
import type { AsOf } from './history-operations.ts';
import type { IssueCollector } from './issue-collector.ts';
import { readOperand } from './search/filter-operand.ts';

/** ISO times begin with a digit; cursors, which are base64url of ASCII text, never do. */
const TIME_TEXT = /^\d/;

const PATH = ['asOf'];

/** Checks a moment against the clock (Unix ms) and the history (`epoch`) of the store. */
export function readAsOf(issues: IssueCollector, asOf: AsOf, epoch: string, now: number): Moment {
  const nowhere: Moment = { seq: 0 };
  return issues.attempt((): Moment => {
    if (typeof asOf === 'string' && !TIME_TEXT.test(asOf)) {
      const position = decodeChangeCursor(asOf, PATH);
      if (position.epoch === epoch) return { seq: position.seq };
      throw refusal('belongs to another history: the store was restored, or is another one');
    }
    const at = Number(readOperand('time', asOf, PATH));
    if (at > now) throw refusal(`lies in the future: ${new Date(at).toISOString()}`);
    return { at };
  }, nowhere);
}

/** Passes an answer on; the log's refusal becomes a ValidationError that says which moments can be read. */
export function requireAnswer<T extends object>(answer: T | LogRefusal, epoch: string): T {
  if (!('refused' in answer)) return answer;
  if (answer.refused === 'AHEAD')
    throw refusal('lies after the newest change: the store has lost commits since it was given');
  const oldest = new Date(answer.start.high).toISOString();
  throw refusal(`lies before ${oldest}, up to which the change log was trimmed`, {
    oldestAt: oldest,
    oldestCursor: encodeChangeCursor({ epoch, seq: answer.start.seq }),
  });
}

function refusal(message: string, data: Record<string, unknown> = {}): ValidationError {
  return new ValidationError([{ path: PATH, message }], {
    data,
    remedy:
      'Choose a moment that the change log still covers; history.retention_days and history.keep_changes say how far it reaches.',
  });
}
