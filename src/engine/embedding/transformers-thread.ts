import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { closedError, type EmbedderFault, embedderError } from './embedder-error.ts';
import { redactSecrets } from './redact-secrets.ts';
import type {
  TransformersBatch,
  TransformersMessage,
  TransformersThreadData,
} from './transformers-protocol.ts';

export interface TransformersThreadOptions {
  /** For errors. */
  readonly name: string;
  /** Of one batch. */
  readonly timeoutMs: number;
  /** Of loading the model, with its download. */
  readonly loadTimeoutMs: number;
}

interface Job {
  readonly texts: readonly string[];
  /** A query: somebody waits for it, so it passes batches of documents that have not begun. */
  readonly urgent: boolean;
  readonly resolve: (vectors: readonly Float32Array[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One thread with one model, started by the first batch and, after its death, by the next one. A thread runs one batch at
 * a time; the others wait here, where they can be passed and withdrawn. A batch lost with its thread is not repeated,
 * because it may be what killed it.
 */
export class TransformersThread {
  readonly #data: TransformersThreadData;
  readonly #options: TransformersThreadOptions;
  readonly #waiting: Job[] = [];
  #running: Job | null = null;
  #worker: Worker | null = null;
  #isLoaded = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(data: TransformersThreadData, options: TransformersThreadOptions) {
    this.#data = data;
    this.#options = options;
  }

  /** An aborted batch is withdrawn if it has not begun; otherwise it runs to its end for nobody. */
  run(
    texts: readonly string[],
    urgent: boolean,
    signal: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closedError(this.#options.name));
      const onAbort = (): void => {
        const at = this.#waiting.indexOf(job);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
      };
      const end = (): void => signal.removeEventListener('abort', onAbort);
      const job: Job = {
        texts,
        urgent,
        resolve: (vectors) => {
          end();
          resolve(vectors);
        },
        reject: (reason) => {
          end();
          reject(reason);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Ends the thread; every batch rejects with CLOSED. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#waiting.splice(0)) job.reject(closedError(this.#options.name));
    await this.#drop(closedError(this.#options.name));
  }

  #next(): void {
    if (this.#running !== null || this.#waiting.length === 0) return;
    const urgent = this.#waiting.findIndex((job) => job.urgent);
    const [job] = this.#waiting.splice(Math.max(0, urgent), 1);
    if (job === undefined) return;
    this.#running = job;
    this.#worker ??= this.#start();
    this.#worker.postMessage({ texts: job.texts } satisfies TransformersBatch);
    this.#limit();
  }

  #start(): Worker {
    const worker = new Worker(...entryPoint(this.#data));
    let problem = '';
    worker.on('message', (message: TransformersMessage) => {
      if (worker === this.#worker) this.#receive(message);
    });
    worker.on('error', (error: unknown) => {
      problem = `: ${error instanceof Error ? error.message : String(error)}`;
    });
    worker.on('exit', () => {
      if (worker === this.#worker)
        void this.#drop(this.#fault('THREAD', `its thread died${problem}`));
    });
    // What libraries print belongs to diagnosis; standard output is for answers of the command line.
    worker.stdout.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
    return worker;
  }

  #receive(message: TransformersMessage): void {
    switch (message.kind) {
      case 'loaded':
        this.#isLoaded = true;
        this.#limit();
        return;
      case 'vectors':
        this.#finish()?.resolve(split(message.values, message.dimension));
        return;
      case 'failed':
        if (message.phase === 'load')
          void this.#drop(this.#loadFault(`the model could not be loaded: ${message.message}`));
        else {
          // Before the next batch takes the place of this one, whose texts must not be quoted.
          const error = this.#fault('REFUSED', message.message);
          this.#finish()?.reject(error);
        }
    }
  }

  /** The job that was running; the next one begins. */
  #finish(): Job | null {
    clearTimeout(this.#timer);
    const job = this.#running;
    this.#running = null;
    this.#next();
    return job;
  }

  /** Gives up the thread and the batch that runs in it, and goes on with a new thread if more are waiting. */
  async #drop(error: Error): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#isLoaded = false;
    this.#finish()?.reject(error);
    await worker?.terminate();
  }

  /** Starts the clock of what runs now: the loading or the batch. */
  #limit(): void {
    clearTimeout(this.#timer);
    const { timeoutMs, loadTimeoutMs } = this.#options;
    const [ms, what] = this.#isLoaded
      ? [timeoutMs, 'no answer']
      : [loadTimeoutMs, 'the model was not loaded'];
    this.#timer = setTimeout(() => {
      void this.#drop(this.#fault('TIMEOUT', `${what} within ${ms / 1000} s`));
    }, ms);
  }

  /** A download may work another time; what lies on the disk stays as it is. */
  #loadFault(message: string): Error {
    const isDownload = this.#data.localPath === null && this.#data.allowDownload;
    return this.#fault(isDownload ? 'UNREACHABLE' : 'MISSING', message);
  }

  #fault(fault: EmbedderFault, message: string): Error {
    const texts = this.#running?.texts ?? [];
    return embedderError(this.#options.name, fault, redactSecrets(message, texts));
  }
}

/**
 * From sources (tests, tsx) the worker is TypeScript: a first module of one line registers tsx's loader, because a thread
 * does not take it over from the process. From dist the worker is plain JavaScript.
 */
function entryPoint(workerData: TransformersThreadData): ConstructorParameters<typeof Worker> {
  const options = { workerData, stdout: true };
  if (!import.meta.url.endsWith('.ts'))
    return [new URL('./transformers-worker.js', import.meta.url), options];
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href;
  const worker = new URL('./transformers-worker.ts', import.meta.url).href;
  const first = `import { register } from 'node:module'; register('${loader}', { data: {} }); await import('${worker}');`;
  return [new URL(`data:text/javascript,${encodeURIComponent(first)}`), options];
}

function split(values: Float32Array, dimension: number): readonly Float32Array[] {
  const count = dimension > 0 ? values.length / dimension : 0;
  return Array.from({ length: count }, (_, at) =>
    values.subarray(at * dimension, (at + 1) * dimension),
  );
}
