import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Closes connections that hold up a stop although nothing runs on them. */
export interface OpenConnections {
  closeIdle(): void;
}

/**
 * Node's own `closeIdleConnections` keeps a connection that never sent a byte, because its first request may still
 * come; browsers and fetch open such connections ahead of need, and each would delay a stop by its keep-alive time.
 */
export function trackConnections(http: Server): OpenConnections {
  const sockets = new Set<Socket>();
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    closeIdle: () => {
      http.closeIdleConnections();
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}
