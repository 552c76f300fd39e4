import { type JsonObject, parseJsonText, toJsonText, ValidationError } from '../engine/index.ts';
import type { ImportRow } from './evaluation-store.ts';
import type { LocomoConversation } from './locomo-dataset.ts';
import { readTurnIds, type TurnId, turnName } from './locomo-evidence.ts';

/** What is stored as one memory. */
export type LocomoGranularity = 'turn' | 'session';

/**
 * What the import keeps of an image besides its caption. The `query` is what the makers of the data searched the image with: words
 * that nobody said, which would lift recall by one to two points.
 */
const OUTSIDE_PROTOCOL: ReadonlySet<string> = new Set(['img_url', 'query', 're-download']);

type TurnRecord = Extract<ImportRow, { readonly record: unknown }>['record'];

/** The memories of one conversation, and where the evidence of its questions lies in them. */
export interface LocomoDocuments {
  readonly rows: readonly ImportRow[];
  /** Key of the memory that holds a turn, by the turn's name (`D8:6`). */
  readonly keyOfTurn: ReadonlyMap<string, string>;
}

/**
 * Turns as `trinitas import --format locomo` stores them, without what the protocol leaves out of a document, or one memory per
 * session that holds all its turns as text.
 */
export function toDocuments(
  { name, rows }: LocomoConversation,
  granularity: LocomoGranularity,
): LocomoDocuments {
  const turns = rows.flatMap((row) => ('record' in row ? [row.record] : []));
  const keyOf = granularity === 'turn' ? keyOfRecord : (turn: TurnRecord) => sessionKey(name, turn);
  const keyOfTurn = new Map(turns.map((turn) => [turnName(idOf(turn)), keyOf(turn)]));
  const failures = rows.filter((row) => 'failure' in row);
  if (granularity === 'turn')
    return { rows: [...failures, ...turns.map((turn) => ({ record: toTurn(turn) }))], keyOfTurn };
  const sessions = new Map<string, TurnRecord[]>();
  for (const turn of turns) {
    const key = sessionKey(name, turn);
    sessions.set(key, [...(sessions.get(key) ?? []), turn]);
  }
  const records = Array.from(sessions, ([key, members]) => toSession(key, members));
  return { rows: [...failures, ...records.map((record) => ({ record }))], keyOfTurn };
}

function keyOfRecord({ key }: TurnRecord): string {
  return key;
}

function sessionKey(conversation: string, turn: TurnRecord): string {
  return `${conversation}/session_${idOf(turn).session}`;
}

/** The id of a turn is the last part of its key. */
function idOf({ key }: TurnRecord): TurnId {
  const [id] = readTurnIds(key.slice(key.lastIndexOf('/')));
  if (id === undefined) throw new ValidationError(`${key} does not end in the id of a turn`);
  return id;
}

function toTurn(turn: TurnRecord): TurnRecord {
  const metadata = Object.entries(parseJsonText(turn.metadataText) as JsonObject);
  const kept = metadata.filter(([name]) => !OUTSIDE_PROTOCOL.has(name));
  return { ...turn, metadataText: toJsonText(Object.fromEntries(kept), ['metadata']) };
}

/** `Speaker: text [image caption]` line by line; the date as the data set writes it is in the metadata. */
function toSession(key: string, turns: readonly TurnRecord[]): TurnRecord {
  const [first] = turns;
  if (first === undefined) throw new RangeError('a session has at least one turn');
  const lines = turns.map(lineOf);
  const { sessionDate } = parseJsonText(first.metadataText) as { readonly sessionDate?: string };
  return {
    ...first,
    key,
    valueText: toJsonText(lines.join('\n'), ['value']),
    metadataText: toJsonText({ date: sessionDate ?? null }, ['metadata']),
    persona: null,
  };
}

function lineOf({ persona, valueText }: TurnRecord): string {
  // Written by the import, which checked each part.
  const { text, caption } = parseJsonText(valueText) as {
    readonly text: string;
    readonly caption?: string;
  };
  return caption === undefined ? `${persona}: ${text}` : `${persona}: ${text} [${caption}]`;
}
