import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { Logger } from './logger.ts';
import { connectSocket } from './websocket-connection.ts';
import type { WebsocketProtocol } from './websocket-protocol.ts';

/** "Going away" of RFC 6455: the client should connect again later. */
const GOING_AWAY = 1001;

export interface WebsocketServer {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Waits until every operation has sent its last frame, then closes every socket; resolves when all are gone. */
  dispose(): Promise<void>;
  /** Cuts what `dispose` still waits for. */
  terminate(): void;
}

export function createWebsocketServer(
  protocol: WebsocketProtocol,
  maxFrameBytes: number,
  logger: Logger,
): WebsocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });
  const operations = new Set<Promise<void>>();
  return {
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (client) =>
        connectSocket(protocol, client, request, operations, logger),
      ),
    dispose: async () => {
      while (operations.size > 0) await Promise.all(operations);
      for (const client of server.clients) client.close(GOING_AWAY, 'Going away');
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    terminate: () => {
      for (const client of server.clients) client.terminate();
    },
  };
}
