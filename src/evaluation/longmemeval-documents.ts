import type { LongMemEvalQuestion } from './longmemeval-dataset.ts';

export type LongMemEvalGranularity = 'session' | 'turn';

/** One document of a haystack. */
export interface LongMemEvalDocument {
  /** Key of the memory. It is indexed, so it holds no id of the data set: those tell which sessions have the answer. */
  readonly key: string;
  readonly text: string;
  /** The published id, in which `answer` marks evidence. */
  readonly id: string;
  /** The published id of its session; that of a turn without the answer differs in sessions that have it. */
  readonly session: string;
  readonly isEvidence: boolean;
}

/** What the published ids of evidence contain, and what takes its place where the user's side lacks the answer. */
const EVIDENCE_MARK = 'answer';
const NO_EVIDENCE_MARK = 'noans';

/**
 * The documents of a question as src/retrieval/run_retrieval.py of xiaowu0162/LongMemEval builds them: what the user said, the
 * turns of a session joined by spaces or each one alone; dates are not part of the text, and what the assistant said is left out.
 */
export function toHaystack(
  { haystack_session_ids: ids, haystack_sessions: sessions }: LongMemEvalQuestion,
  granularity: LongMemEvalGranularity,
): readonly LongMemEvalDocument[] {
  return sessions.flatMap((turns, index) => {
    const id = ids[index] ?? '';
    const key = `session/${index + 1}`;
    const said = turns.flatMap(({ role, content, has_answer: hasAnswer }, turn) =>
      role === 'user' ? [{ number: turn + 1, content, hasAnswer: hasAnswer === true }] : [],
    );
    if (granularity === 'session') {
      const text = said.map(({ content }) => content).join(' ');
      const session = markEvidence(
        id,
        said.some(({ hasAnswer }) => hasAnswer),
      );
      return [{ key, text, id: session, session, isEvidence: isEvidence(session) }];
    }
    return said.map(({ number, content, hasAnswer }) => {
      const session = markEvidence(id, hasAnswer);
      return {
        key: `${key}/turn/${number}`,
        text: content,
        id: `${session}_${number}`,
        session,
        isEvidence: isEvidence(session),
      };
    });
  });
}

function isEvidence(id: string): boolean {
  return id.includes(EVIDENCE_MARK);
}

function markEvidence(id: string, hasAnswer: boolean): string {
  return hasAnswer ? id : id.replaceAll(EVIDENCE_MARK, NO_EVIDENCE_MARK);
}
