import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { type BlockResult, blockResult } from '../samples.ts';
import type { ServerMessage, ServerTask, ServerVariant } from './server-variant.ts';

/** Enough to keep the server busy, few enough that its queue does not hide what a request costs. */
const CONNECTIONS = 8;
/** Beyond any block; `keepBusy` stops by itself. */
const LONGEST_SECONDS = 3_600;
/** Characters of standard error to show when a server dies. */
const LAST_WORDS_LENGTH = 2_000;

export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface LoadResult {
  readonly block: BlockResult;
  /** CPU time of the server's process with all its threads, in microseconds for one request. */
  readonly cpuMicroseconds: number;
}

/** A variant in a process of its own; the load comes from this one. */
export class ServerUnderLoad {
  readonly #child: ChildProcess;
  #url = '';
  /** The end of what it wrote to standard error. */
  #lastWords = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = `${this.#lastWords}${chunk}`.slice(-LAST_WORDS_LENGTH);
    });
  }

  static async start(variant: ServerVariant, directory: string): Promise<ServerUnderLoad> {
    await mkdir(directory, { recursive: true });
    const task: ServerTask = { variant, directory };
    const entry = fileURLToPath(new URL('./serve-variant.ts', import.meta.url));
    const child = fork(entry, [JSON.stringify(task)], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      // What the bundle of the delivered program has built in.
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const server = new ServerUnderLoad(child);
    const message = await server.#answer();
    if (!('url' in message)) throw new Error('the server told no address');
    server.#url = message.url;
    return server;
  }

  /** Sends the request `amount` times, each connection the next one as soon as it is answered. */
  async shoot(request: GraphqlRequest, amount: number): Promise<LoadResult> {
    const durations: number[] = [];
    const cpuBefore = await this.cpu();
    const startedAt = performance.now();
    let endedAt = startedAt;
    await new Promise<void>((resolve, reject) => {
      const load = autocannon(
        {
          url: this.#url,
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          body: JSON.stringify(request),
          connections: Math.min(CONNECTIONS, amount),
          amount,
        },
        (error: Error | null, result) => {
          if (error !== null) reject(error);
          else if (result.non2xx + result.errors + result.timeouts > 0)
            reject(new Error(`${result.non2xx} refused, ${result.errors} broken`));
          else resolve();
        },
      );
      load.on('response', (_client, _status, _bytes, milliseconds) => {
        durations.push(milliseconds);
        endedAt = performance.now();
      });
    });
    // Autocannon itself ends with the next full second.
    const seconds = (endedAt - startedAt) / 1000;
    const cpuMicroseconds = ((await this.cpu()) - cpuBefore) / amount;
    return { block: blockResult(durations, seconds), cpuMicroseconds };
  }

  /** Sends the requests in turn for a while over so many connections, each the next one as soon as it is answered. Returns the durations in ms. */
  async keepBusy(
    requests: readonly GraphqlRequest[],
    { milliseconds, connections }: { readonly milliseconds: number; readonly connections: number },
  ): Promise<readonly number[]> {
    const durations: number[] = [];
    const endsAt = performance.now() + milliseconds;
    await new Promise<void>((resolve, reject) => {
      const load = autocannon(
        {
          url: this.#url,
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json' },
          requests: requests.map((request) => ({ body: JSON.stringify(request) })),
          connections,
          duration: LONGEST_SECONDS,
        },
        (error: Error | null, result) => {
          if (error !== null) reject(error);
          else if (result.non2xx + result.errors + result.timeouts > 0)
            reject(new Error(`${result.non2xx} refused, ${result.errors} broken`));
          else resolve();
        },
      );
      load.on('response', (_client, _status, _bytes, duration) => {
        if (performance.now() <= endsAt) durations.push(duration);
      });
      setTimeout(() => load.stop(), milliseconds);
    });
    return durations;
  }

  /** The answer as text, to see that what is measured is right. */
  async ask(request: GraphqlRequest): Promise<string> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    const text = await response.text();
    if (!response.ok || text.includes('"errors"')) throw new Error(text.slice(0, 300));
    return text;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  async #answer(): Promise<ServerMessage> {
    const ended = new AbortController();
    const { signal } = ended;
    const exit = once(this.#child, 'exit', { signal }).then(() => {
      throw new Error(`the server's process ended: ${this.#lastWords}`);
    });
    try {
      const [message] = await Promise.race([once(this.#child, 'message', { signal }), exit]);
      return message as ServerMessage;
    } finally {
      // Takes the listeners off; the loser of the race has nothing to tell.
      exit.catch(() => undefined);
      ended.abort();
    }
  }

  /** CPU time of the process with all its threads so far, in microseconds. */
  async cpu(): Promise<number> {
    const answer = this.#answer();
    this.#child.send('cpu');
    const message = await answer;
    if (!('cpuMicroseconds' in message)) throw new Error('the server told no CPU time');
    return message.cpuMicroseconds;
  }
}

/** Where a variant of that number keeps its file. */
export function variantDirectory(directory: string, index: number): string {
  return join(directory, `variant-${index}`);
}
