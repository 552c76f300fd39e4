import { z } from 'zod';
import { TRANSFER_FORMATS, ValidationError } from '../engine/index.ts';
import type { ImportRow } from './evaluation-store.ts';
import { readJsonArray } from './read-json-array.ts';

/** Names of the categories by their numbers in the file. */
export const LOCOMO_CATEGORIES = {
  1: 'multi-hop',
  2: 'temporal',
  3: 'open-domain',
  4: 'single-hop',
  5: 'adversarial',
} as const;
export type LocomoCategory = (typeof LOCOMO_CATEGORIES)[keyof typeof LOCOMO_CATEGORIES];

export interface LocomoQuestion {
  readonly text: string;
  readonly category: LocomoCategory;
  /** As written in the file, see `readEvidence`. */
  readonly evidence: readonly string[];
}

export interface LocomoConversation {
  readonly name: string;
  /** The turns in their order, keys `conv-26/D1:3`. */
  readonly rows: readonly ImportRow[];
  readonly questions: readonly LocomoQuestion[];
}

const sampleSchema = z.looseObject({
  sample_id: z.string().min(1),
  conversation: z.record(z.string(), z.unknown()),
  qa: z
    .array(
      z.looseObject({
        question: z.string().min(1),
        category: z.literal([1, 2, 3, 4, 5]),
        evidence: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

/**
 * The conversations of a LoCoMo file with their questions; `names` picks some of them. ValidationError for a file of another
 * format and for a name that is not in it.
 */
export async function readLocomoDataset(
  path: string,
  names: readonly string[] | null,
): Promise<readonly LocomoConversation[]> {
  const questions = await readQuestions(path);
  const rows = new Map<string, ImportRow[]>(Array.from(questions.keys(), (name) => [name, []]));
  for await (const row of TRANSFER_FORMATS.locomo.read(path)) {
    // The format has no links.
    if ('link' in row) continue;
    const key = 'record' in row ? row.record.key : row.failure.key;
    rows.get(key.slice(0, key.lastIndexOf('/')))?.push(row);
  }
  const unknown = (names ?? []).filter((name) => !questions.has(name));
  if (unknown.length > 0) {
    throw new ValidationError(`${path} has no conversation ${unknown.join(', ')}`, {
      remedy: `It has ${[...questions.keys()].join(', ')}.`,
    });
  }
  return [...questions]
    .filter(([name]) => names?.includes(name) ?? true)
    .map(([name, asked]) => ({ name, rows: rows.get(name) ?? [], questions: asked }));
}

async function readQuestions(
  path: string,
): Promise<ReadonlyMap<string, readonly LocomoQuestion[]>> {
  const questions = new Map<string, readonly LocomoQuestion[]>();
  for await (const sample of readJsonArray(path)) {
    const place = String(questions.size);
    const parsed = sampleSchema.safeParse(sample);
    if (!parsed.success) {
      throw new ValidationError(
        parsed.error.issues.map(({ path: inside, message }) => ({
          path: [place, ...inside.map(String)],
          message,
        })),
        { remedy: `${path} is not a LoCoMo file that can be evaluated.` },
      );
    }
    const { sample_id: name, qa } = parsed.data;
    if (questions.has(name))
      throw new ValidationError(`${path} has the conversation ${name} twice`);
    questions.set(
      name,
      qa.map(({ question, category, evidence }) => ({
        text: question,
        category: LOCOMO_CATEGORIES[category],
        evidence,
      })),
    );
  }
  return questions;
}
