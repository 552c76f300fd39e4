import type { IncomingMessage } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Logger } from './logger.ts';

/** Proxies drop what is silent for a minute; a dead peer is noticed after twice this. */
const KEEP_ALIVE_MS = 12_000;

/**
 * Connects one socket to the protocol. `operations` holds a promise for each message being handled; that of a
 * `subscribe` ends when its last frame was sent, so that a stopping server knows when it may close.
 */
export function connectSocket(
  protocol: Server<{ readonly request: IncomingMessage }>,
  socket: WebSocket,
  request: IncomingMessage,
  operations: Set<Promise<void>>,
  logger: Logger,
): void {
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (data) => send(socket, data),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => {
        socket.on('message', (data) => {
          const operation = handle(String(data))
            .catch((error: unknown) => {
              logger.error({ err: error }, 'unexpected error on a websocket');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            })
            .finally(() => operations.delete(operation));
          operations.add(operation);
        });
      },
    },
    { request },
  );
  const stopKeepAlive = keepAlive(socket);
  // A frame that is too long or malformed: ws closes the socket with the code for it.
  socket.on('error', (error) => logger.debug({ err: error }, 'websocket refused a frame'));
  socket.once('close', (code, reason) => {
    stopKeepAlive();
    logger.debug({ code }, 'websocket closed');
    closed(code, String(reason)).catch((error: unknown) =>
      logger.error({ err: error }, 'unexpected error while a websocket closed'),
    );
  });
}

/** Resolves also when the socket went away meanwhile: its `close` event ends what is still open. */
function send(socket: WebSocket, data: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.OPEN) socket.send(data, () => resolve());
    else resolve();
  });
}

/** Pings at an interval and cuts a peer that did not answer the last one; returns the function that stops it. */
function keepAlive(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, KEEP_ALIVE_MS);
  return () => clearInterval(timer);
}
