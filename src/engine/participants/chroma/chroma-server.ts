import { backoffMs } from '../../backoff.ts';
import { interruptibleWait } from '../../interruptible-wait.ts';
import type { ParticipantTerms } from '../participant.ts';
import { type ChromaEndpoint, type ChromaSource, localEndpoint } from './chroma-endpoint.ts';
import { ServerProcess } from './server-process.ts';

const FIRST_RESTART_MS = 100;
/** Whoever ran so long has not died of its start. */
const STABLE_MS = 30_000;
/** From the start to the first heartbeat: 0.2 s on an idle machine, seconds on a crowded one. */
const START_MS = 30_000;
const HEARTBEAT_EVERY_MS = 50;

/** A Chroma server of the engine's own: started, watched, started again with growing waits, and ended with the engine. */
export class ChromaServer implements ChromaSource {
  readonly #cli: string;
  readonly #directory: string;
  readonly #terms: ParticipantTerms;
  readonly #closing = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #listener: () => void = () => {};
  #process: ServerProcess | null = null;
  #endpoint: ChromaEndpoint | null = null;
  #problem: string | null = 'the server is starting';

  constructor(cli: string, directory: string, terms: ParticipantTerms) {
    this.#cli = cli;
    this.#directory = directory;
    this.#terms = terms;
  }

  get endpoint(): ChromaEndpoint | null {
    return this.#endpoint;
  }

  get problem(): string | null {
    return this.#problem;
  }

  /** Of the process that runs; null while there is none. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Is called whenever the server comes or goes. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  /** Resolves when the first attempt has succeeded or failed; never rejects. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#running = this.#supervise(resolve).finally(resolve);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #supervise(onFirst: () => void): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      const started = Date.now();
      const problem = await this.#runOnce(onFirst);
      if (signal.aborted) break;
      if (Date.now() - started >= STABLE_MS) attempt = 0;
      this.#problem = `the Chroma server of ${this.#directory} ${problem}${remedyOf(problem)}`;
      onFirst();
      this.#listener();
      await interruptibleWait(this.#backoff(attempt), signal);
    }
    this.#problem = 'the server was ended';
  }

  /** Why it ended. */
  async #runOnce(onReady: () => void): Promise<string> {
    let server: ServerProcess;
    try {
      server = await ServerProcess.start(this.#cli, this.#directory);
    } catch (error) {
      return `could not be started: ${error instanceof Error ? error.message : String(error)}`;
    }
    this.#process = server;
    const over = new AbortController();
    const closed = new Promise<string>((resolve) => {
      this.#closing.signal.addEventListener('abort', () => resolve('was ended'), {
        signal: over.signal,
      });
      if (this.#closing.signal.aborted) resolve('was ended');
    });
    const ended = Promise.race([server.ended, closed]).finally(() => over.abort());
    const isReady = await this.#becomesReady(server, over.signal);
    if (isReady) {
      this.#endpoint = localEndpoint(server.port);
      this.#problem = null;
      onReady();
      this.#listener();
    } else if (!over.signal.aborted) {
      await server.stop();
      return `gave no heartbeat within ${START_MS / 1000} s`;
    }
    const problem = await ended;
    this.#endpoint = null;
    this.#process = null;
    await server.stop();
    return problem;
  }

  async #becomesReady(server: ServerProcess, over: AbortSignal): Promise<boolean> {
    const until = Date.now() + START_MS;
    while (!over.aborted && Date.now() < until) {
      if (await hasHeartbeat(server.port, over)) return true;
      await interruptibleWait(HEARTBEAT_EVERY_MS, over);
    }
    return false;
  }

  #backoff(attempt: number): number {
    const { retryBackoff, healthCheckIntervalMs } = this.#terms;
    return backoffMs(
      { baseMs: FIRST_RESTART_MS, factor: retryBackoff, capMs: healthCheckIntervalMs },
      attempt,
    );
  }
}

async function hasHeartbeat(port: number, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/v2/heartbeat`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(START_MS)]),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** The newest bindings need a newer C library than Debian 12 has. */
function remedyOf(problem: string): string {
  return /GLIBC_|ERR_DLOPEN_FAILED/.test(problem)
    ? '. Remedy: pin the bindings, as package.json of Trinitas does: "overrides": {"chromadb-js-bindings-linux-x64-gnu": "1.0.5"}'
    : '';
}
