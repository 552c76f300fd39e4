/** Memories in one run of a script: about a millisecond of the server's time. */
const MEMORIES_PER_SCRIPT = 500;

/** Runs `run` on parts that are small enough for a script, all at once; the answers are in the order of the parts. */
export function inParts<Item, Answer>(
  items: readonly Item[],
  run: (part: readonly Item[], index: number) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const count = Math.ceil(items.length / MEMORIES_PER_SCRIPT);
  const parts = Array.from({ length: count }, (_, at) =>
    items.slice(at * MEMORIES_PER_SCRIPT, (at + 1) * MEMORIES_PER_SCRIPT),
  );
  return Promise.all(parts.map(run));
}
