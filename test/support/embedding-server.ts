import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { EngineConfigInput } from '../../src/engine/index.ts';
import { randomFrom } from './random.ts';

const DIMENSION = 48;
/** Tells queries from memories. */
const QUERY_PREFIX = 'query: ';

type Behaviour = 'answer' | 'fail' | 'break' | 'hang';

/**
 * An OpenAI-compatible server on a real socket that does as the test wants. Texts are as similar as their words are equal.
 * Requests for memories wait while the server is held; those for queries do not.
 */
export class EmbeddingServer {
  readonly #server: Server;
  readonly #held: (() => void)[] = [];
  readonly #watchers = new Set<() => void>();
  #holding = false;
  #requests: (readonly string[])[] = [];
  /** What becomes of requests from now on. */
  behaviour: Behaviour = 'answer';
  dimension = DIMENSION;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Closed when the test is over. */
  static async start(): Promise<EmbeddingServer> {
    const server = createServer();
    const started = new EmbeddingServer(server);
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string[] };
      started.#take(input, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** `memory.embedder` for this server. */
  get embedder(): NonNullable<EngineConfigInput['memory']>['embedder'] {
    const { url } = this;
    return { provider: 'openai', model: 'hashed', url, retries: 0, query_prefix: QUERY_PREFIX };
  }

  /** Texts of memories, request by request. */
  get batches(): readonly (readonly string[])[] {
    return this.#requests;
  }

  hold(): void {
    this.#holding = true;
  }

  /** Answers what waits, and from now on at once. */
  release(): void {
    this.#holding = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  /** Answers the request that has waited longest; further ones go on waiting. */
  releaseOne(): void {
    this.#held.shift()?.();
  }

  /** Resolves when so many requests for memories have arrived since the start. */
  async arrived(count: number): Promise<void> {
    await this.#until(() => this.#requests.length >= count);
  }

  #until(isDone: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!isDone()) return;
        this.#watchers.delete(check);
        resolve();
      };
      this.#watchers.add(check);
      check();
    });
  }

  #take(input: readonly string[], response: ServerResponse): void {
    if (input.every((text) => text.startsWith(QUERY_PREFIX))) {
      this.#answer(
        input.map((text) => text.slice(QUERY_PREFIX.length)),
        response,
      );
      return;
    }
    this.#requests = [...this.#requests, input];
    if (this.#holding) this.#held.push(() => this.#answer(input, response));
    else this.#answer(input, response);
    for (const watcher of [...this.#watchers]) watcher();
  }

  #answer(texts: readonly string[], response: ServerResponse): void {
    switch (this.behaviour) {
      case 'hang':
        return;
      case 'break':
        response.destroy();
        return;
      case 'fail':
        response.writeHead(500).end('{"error":{"message":"out of order"}}');
        return;
      case 'answer': {
        const data = texts.map((text, index) => ({
          index,
          embedding: vectorOf(text, this.dimension),
        }));
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ data }));
      }
    }
  }
}

/** The sum of a random direction for each word; of no special length. */
function vectorOf(text: string, dimension: number): readonly number[] {
  const sum = new Array<number>(dimension).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const random = randomFrom(crc32(word));
    for (let at = 0; at < dimension; at += 1) sum[at] = (sum[at] ?? 0) + random(2_001) - 1_000;
  }
  return sum;
}
