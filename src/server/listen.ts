import { once } from 'node:events';
import type { Server } from 'node:http';
import { MemoryConnectionError } from '../engine/index.ts';

/**
 * Connections that may wait until the event loop accepts them. Node's 511 overflowed when a client that had waited for 1,000 subscribers
 * opened one for each overdue store; what overflows is lost until TCP tries again, 1, 3 or 7 s later. The kernel lowers it to
 * `net.core.somaxconn`, which is 4,096 since Linux 5.4.
 */
const BACKLOG = 4_096;

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not',
};

/** Resolves when connections are accepted; port 0 takes a free one. Errors: MemoryConnectionError. */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  const listening = once(server, 'listening');
  server.listen({ port, host, backlog: BACKLOG });
  try {
    await listening;
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw new MemoryConnectionError(
      `cannot listen on ${host} port ${port}: ${REASONS[code] ?? String(cause)}`,
      {
        data: { host, port },
        remedy:
          'Choose another port with server.port or --port, where 0 takes a free one, or another address with server.host or --host.',
      },
    );
  }
}
