import { z } from 'zod';

/** The part of an answer of POST /embeddings that counts; servers add more. */
const answerSchema = z.object({
  data: z.array(z.object({ index: z.int().min(0).optional(), embedding: z.unknown() })),
});

/** What went wrong, in words that follow "the answer". */
export interface BadAnswer {
  readonly problem: string;
}

/** The vectors in the order of the texts: by `index` where the server gives it, else as they stand. Not yet checked. */
export function parseOpenAiAnswer(body: string, count: number): readonly unknown[] | BadAnswer {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // The parser's message quotes the body, which may quote the texts.
    return { problem: 'is not JSON' };
  }
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) return { problem: 'has no `data` list of embeddings' };
  const { data } = parsed.data;
  if (data.length !== count) return { problem: `has ${data.length} vectors for ${count} texts` };
  const vectors = new Map(data.map((item, at) => [item.index ?? at, item.embedding]));
  const missing = data.findIndex((_, at) => !vectors.has(at));
  if (missing >= 0) return { problem: `has no vector with index ${missing}` };
  return data.map((_, at) => vectors.get(at));
}

const errorSchema = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
]);

/** The sentence in a server's error, or null; lists and other structures are left out, because they quote the input. */
export function parseOpenAiError(body: string): string | null {
  try {
    return errorSchema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
