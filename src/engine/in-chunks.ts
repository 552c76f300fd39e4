/** Runs `work` over all items, at most `size` at a time, keeping the order of the results. */
export async function inChunks<T, R>(
  items: readonly T[],
  size: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += size) {
    const chunk = items.slice(from, from + size);
    results.push(...(await Promise.all(chunk.map((item, offset) => work(item, from + offset)))));
  }
  return results;
}
