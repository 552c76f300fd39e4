/** A turn's id with its session first: `D8:6`, also `D:11:26` and `D30:05`; one string of the data may hold several. */
const TURN_ID = /D:?(\d+):(\d+)/g;

export interface TurnId {
  readonly session: number;
  /** Counts from 1 within the session. */
  readonly turn: number;
}

/** The turns that a text of LoCoMo names; none in a text such as `D`. */
export function readTurnIds(text: string): readonly TurnId[] {
  return Array.from(text.matchAll(TURN_ID), ([, session, turn]) => ({
    session: Number(session),
    turn: Number(turn),
  }));
}

/** One spelling for each turn: `D<session>:<turn>` without leading zeros. */
export function turnName({ session, turn }: TurnId): string {
  return `D${session}:${turn}`;
}

/** The ids of an evidence list, each once, in the one spelling. */
export function readEvidence(evidence: readonly string[]): readonly string[] {
  return [...new Set(evidence.flatMap(readTurnIds).map(turnName))];
}
