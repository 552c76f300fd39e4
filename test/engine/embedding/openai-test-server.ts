import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EmbeddingsCall {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly model: string;
    readonly input: readonly string[];
    readonly dimensions?: number;
    readonly encoding_format?: string;
  };
}

/** How the server answers one call; the last one given answers all further calls. */
export type Answer = (call: EmbeddingsCall, response: ServerResponse) => void;

/** Three numbers that differ from text to text. */
export function vectorOf(text: string): number[] {
  return [text.length, text.charCodeAt(0), 1];
}

export function send(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Answers as OpenAI does. */
export const right: Answer = ({ body }, response) => {
  const data = body.input.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: vectorOf(text),
  }));
  send(response, 200, { object: 'list', data, model: body.model, usage: { total_tokens: 3 } });
};

export class OpenAiTestServer implements AsyncDisposable {
  readonly url: string;
  readonly calls: readonly EmbeddingsCall[];
  readonly #close: () => Promise<void>;

  private constructor(url: string, calls: readonly EmbeddingsCall[], close: () => Promise<void>) {
    this.url = url;
    this.calls = calls;
    this.#close = close;
  }

  static async start(...answers: readonly Answer[]): Promise<OpenAiTestServer> {
    const calls: EmbeddingsCall[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = JSON.parse(Buffer.concat(chunks).toString()) as EmbeddingsCall['body'];
      const call = { path: request.url ?? '', headers: request.headers, body };
      calls.push(call);
      const answer = answers[Math.min(calls.length, answers.length) - 1] ?? right;
      answer(call, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new OpenAiTestServer(`http://127.0.0.1:${port}/v1`, calls, async () => {
      server.closeAllConnections();
      if (server.listening) {
        server.close();
        await once(server, 'close');
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  close(): Promise<void> {
    return this.#close();
  }
}
