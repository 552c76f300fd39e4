import { post } from './test-client.ts';

/** Asks until the engine reports that many open streams. Each answer is an event of the server, so nothing sleeps. */
export async function waitForSubscribers(url: string, wanted: number): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const answer = await post<{ stats: { subscribers: number } }>(url, {
      query: '{ stats { subscribers } }',
    });
    if (answer.data?.stats.subscribers === wanted) return;
  }
  throw new Error(`the engine never had ${wanted} subscribers`);
}
