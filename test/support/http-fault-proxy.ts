import { once } from 'node:events';
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * What becomes of a request. `reset`: the connection is reset unanswered. `hang`: never answered. `fail`: status 500, not forwarded.
 * `fail-after`: forwarded, and then 500 whatever the answer was. `drop-after`: forwarded, and then the connection is reset.
 * `half-close`: half of the answer, then the end of the connection.
 */
export type HttpFault =
  | 'reset'
  | 'hang'
  | 'fail'
  | 'fail-after'
  | 'drop-after'
  | 'half-close'
  | { readonly delayMs: number };

const JSON_TYPE = { 'content-type': 'application/json' };

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Of the request's body. */
  readonly bytes: number;
}

/** Stands before a real HTTP server and does harm on demand; closed with the test. */
export class HttpFaultProxy {
  readonly #server: Server;
  readonly #port: number;
  readonly requests: SeenRequest[] = [];
  /** For requests from now on; null forwards them. */
  fault: HttpFault | null = null;
  /** Requests that the fault is for; the others are forwarded. */
  appliesTo: (request: SeenRequest) => boolean = () => true;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
  }

  static async start(port: number): Promise<HttpFaultProxy> {
    const server = createServer();
    const proxy = new HttpFaultProxy(server, port);
    server.on('request', (request, response) => {
      proxy.#take(request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests of the path's last word, such as `add` or `query`. */
  count(word: string): number {
    return this.requests.filter(({ path }) => path.endsWith(`/${word}`)).length;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const seen = { method: request.method ?? '', path: request.url ?? '', bytes: body.length };
    this.requests.push(seen);
    const fault = this.appliesTo(seen) ? this.fault : null;
    if (fault === 'hang') return;
    if (fault === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault === 'fail') {
      sendFailure(response);
      return;
    }
    if (fault !== null && typeof fault === 'object')
      await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const answer = await this.#forward(request, body);
    if (fault === 'drop-after') request.socket.resetAndDestroy();
    else if (fault === 'fail-after') sendFailure(response);
    else if (fault === 'half-close') {
      const length = { 'content-length': answer.body.length + 1 };
      response.writeHead(answer.status, { ...JSON_TYPE, ...length });
      response.write(answer.body.subarray(0, answer.body.length / 2));
      request.socket.end();
    } else {
      response.writeHead(answer.status, JSON_TYPE);
      response.end(answer.body);
    }
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<{ status: number; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const { method, url: path, headers } = request;
      const outgoing = forward(
        { host: '127.0.0.1', port: this.#port, method, path, headers, agent: false },
        (answer) =>
          readAll(answer).then(
            (content) => resolve({ status: answer.statusCode ?? 502, body: content }),
            reject,
          ),
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }
}

function sendFailure(response: ServerResponse): void {
  response.writeHead(500, JSON_TYPE);
  response.end('{"error":"InternalError","message":"out of order"}');
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
