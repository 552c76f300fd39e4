import type { IncomingMessage } from 'node:http';

/** The whole body, whose length was checked before; null when the client went away before it had sent it. */
export function readBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    });
    request.once('error', () => resolve(null));
    request.once('close', () => resolve(null));
  });
}
