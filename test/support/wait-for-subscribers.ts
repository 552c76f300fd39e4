import { post } from './test-client.ts';

/** Streams that the engine has open. */
export async function subscribersOf(url: string): Promise<number | undefined> {
  const answer = await post<{ stats: { subscribers: number } }>(url, {
    query: '{ stats { subscribers } }',
  });
  return answer.data?.stats.subscribers;
}

/** Asks until the engine reports that many open streams. Each answer is an event of the server, so nothing sleeps. */
export async function waitForSubscribers(url: string, wanted: number): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    if ((await subscribersOf(url)) === wanted) return;
  }
  throw new Error(`the engine never had ${wanted} subscribers`);
}
