import { startDeliveredServer } from '../delivered-server.ts';

/** Milliseconds from the start of a process of the delivered server until it takes requests on that store. */
export async function serverStartMs(engineUrl: string, path: string): Promise<number> {
  const startedAt = performance.now();
  const server = await startDeliveredServer(engineUrl, path);
  const milliseconds = performance.now() - startedAt;
  await server.stop();
  return milliseconds;
}
