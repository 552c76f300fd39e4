import { z } from 'zod';
import { ValidationError } from '../engine/index.ts';
import { readJsonArray } from './read-json-array.ts';

const questionSchema = z.looseObject({
  question_id: z.string().min(1),
  question_type: z.string().min(1),
  question: z.string().min(1),
  haystack_session_ids: z.array(z.string().min(1)),
  haystack_sessions: z.array(
    z.array(
      z.looseObject({
        role: z.string(),
        content: z.string(),
        has_answer: z.boolean().nullish(),
      }),
    ),
  ),
});

/** One question of LongMemEval with the sessions that were held before it. */
export type LongMemEvalQuestion = z.output<typeof questionSchema>;

/** The questions of a LongMemEval file, one at a time; ValidationError for a file of another format. */
export async function* readLongMemEval(path: string): AsyncGenerator<LongMemEvalQuestion> {
  let index = 0;
  for await (const entry of readJsonArray(path)) {
    const parsed = questionSchema.safeParse(entry);
    if (!parsed.success) {
      throw new ValidationError(
        parsed.error.issues.map((issue) => ({
          path: [String(index), ...issue.path.map(String)],
          message: issue.message,
        })),
        { remedy: `${path} is not a LongMemEval file.` },
      );
    }
    const { haystack_session_ids: ids, haystack_sessions: sessions } = parsed.data;
    if (ids.length !== sessions.length) {
      throw new ValidationError([
        {
          path: [String(index), 'haystack_session_ids'],
          message: `must name each of the ${sessions.length} sessions, not ${ids.length}`,
        },
      ]);
    }
    yield parsed.data;
    index += 1;
  }
}
