import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ValidationError } from '../errors.ts';
import { toJsonText } from '../json-text.ts';
import { type TransferRow, toFailure } from './transfer-row.ts';

/** One turn of a dialogue; fields beyond these are kept in the metadata under their own names. */
const turnSchema = z.looseObject({
  speaker: z.string().min(1),
  dia_id: z.string().min(1),
  text: z.string(),
  blip_caption: z.string().optional(),
});

const conversationSchema = z.looseObject({
  sample_id: z.string().min(1),
  conversation: z.record(z.string(), z.unknown()),
});

/** More than a session has turns, so that `position` orders the turns of a whole conversation. */
const POSITIONS_PER_SESSION = 10_000;

/** `1:56 pm on 8 May, 2023`; the data set names no zone, so the clock is read as UTC. */
const SESSION_TIME = /^(\d{1,2}):(\d{2}) ([ap])m on (\d{1,2}) (\w+), (\d{4})$/;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/**
 * LoCoMo, the long conversations that recall is evaluated on: one memory per turn, key `conv-26/D1:3`,
 * persona = speaker, created at the time of its session; `conversation` and `position` of the metadata tell its neighbours. The
 * questions of the file are left out.
 */
export async function* readLocomo(path: string): AsyncGenerator<TransferRow> {
  const samples = await readSamples(path);
  for (const [index, sample] of samples.entries()) {
    const parsed = conversationSchema.safeParse(sample);
    if (!parsed.success)
      yield toFailure(`conversation ${index + 1}`, toValidationError(parsed.error));
    else yield* readConversation(parsed.data.sample_id, parsed.data.conversation);
  }
}

/** Turns of all conversations. */
export async function countLocomo(path: string): Promise<number> {
  let count = 0;
  for await (const _row of readLocomo(path)) count += 1;
  return count;
}

async function readSamples(path: string): Promise<readonly unknown[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ValidationError(`${path} cannot be read as JSON: ${reason}`, { cause: error });
  }
  if (!Array.isArray(content))
    throw new ValidationError(`${path} is not a LoCoMo file: it must hold a list of conversations`);
  return content;
}

function* readConversation(
  name: string,
  conversation: Readonly<Record<string, unknown>>,
): Generator<TransferRow> {
  const seen = new Set<string>();
  for (const number of sessionNumbers(conversation)) {
    const turns = conversation[`session_${number}`];
    const date = conversation[`session_${number}_date_time`];
    if (!Array.isArray(turns)) {
      yield toFailure(`${name}/session_${number}`, new ValidationError('must be a list of turns'));
      continue;
    }
    for (const [index, turn] of turns.entries()) {
      yield toRow(
        { conversation: name, session: number, turn: index + 1, date, content: turn },
        seen,
      );
    }
  }
}

/** Sessions that have turns, in their order; a few samples name the date of a session that has none. */
function sessionNumbers(conversation: Readonly<Record<string, unknown>>): readonly number[] {
  return Object.keys(conversation)
    .flatMap((key) => /^session_(\d+)$/.exec(key)?.[1] ?? [])
    .map(Number)
    .sort((left, right) => left - right);
}

interface Turn {
  readonly conversation: string;
  readonly session: number;
  /** Counts from 1 within the session. */
  readonly turn: number;
  readonly date: unknown;
  readonly content: unknown;
}

function toRow(turn: Turn, seen: Set<string>): TransferRow {
  const parsed = turnSchema.safeParse(turn.content);
  if (!parsed.success) {
    return toFailure(
      `${turn.conversation}/session_${turn.session} turn ${turn.turn}`,
      toValidationError(parsed.error),
    );
  }
  const { speaker, text, dia_id: dialogueId, blip_caption: caption, ...rest } = parsed.data;
  const key = `${turn.conversation}/${dialogueId}`;
  try {
    if (seen.has(key)) throw new ValidationError('this dia_id stands twice in the conversation');
    seen.add(key);
    const createdAt = parseSessionTime(turn.date);
    return {
      record: {
        key,
        // The speaker is the persona and the date is metadata: what is embedded is what was said and shown.
        valueText: toJsonText({ text, ...(caption === undefined ? {} : { caption }) }, ['value']),
        metadataText: toJsonText(
          {
            ...rest,
            type: 'episode',
            conversation: turn.conversation,
            dialogueId,
            session: turn.session,
            turn: turn.turn,
            position: turn.session * POSITIONS_PER_SESSION + turn.turn,
            date: new Date(createdAt).toISOString(),
            sessionDate: turn.date,
          },
          ['metadata'],
        ),
        tags: [turn.conversation],
        section: 'episodic_memory',
        persona: speaker,
        importance: null,
        createdAt,
        updatedAt: createdAt,
        accessedAt: createdAt,
        accessCount: 0,
        expiresAt: null,
      },
    };
  } catch (error) {
    return toFailure(key, error);
  }
}

/** Unix ms of a session's time; throws ValidationError for anything but a real date in the form of the data set. */
export function parseSessionTime(text: unknown): number {
  const [, hour, minute, half, day, month = '', year] =
    (typeof text === 'string' && SESSION_TIME.exec(text)) || [];
  const monthIndex = MONTHS.indexOf(month);
  const hours = (Number(hour) % 12) + (half === 'p' ? 12 : 0);
  const time = Date.UTC(Number(year), monthIndex, Number(day), hours, Number(minute));
  const date = new Date(time);
  const isReal =
    monthIndex >= 0 && date.getUTCDate() === Number(day) && Number(hour) >= 1 && Number(hour) <= 12;
  if (!isReal || date.getUTCMinutes() !== Number(minute)) {
    throw new ValidationError(
      `the session's time must look like "1:56 pm on 8 May, 2023", not ${JSON.stringify(text) ?? 'nothing'}`,
    );
  }
  return time;
}

function toValidationError(error: z.ZodError): ValidationError {
  return new ValidationError(
    error.issues.map((issue) => ({ path: issue.path.map(String), message: issue.message })),
  );
}
