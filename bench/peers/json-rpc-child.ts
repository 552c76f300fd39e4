import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A program that has not answered by then hangs: more than the slowest call of any peer takes. */
const ANSWER_LIMIT_MS = 60_000;
/** Characters of the last words of a program that ended. */
const LAST_WORDS = 600;

/** A program that speaks JSON-RPC 2.0 over its standard input and output, one message a line, as MCP servers do. */
export class JsonRpcChild {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;
  #lastWords = '';

  constructor(
    program: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    const child = spawn(program, args, {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = `${this.#lastWords}${text}`.slice(-LAST_WORDS);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    });
    // Writing to a program that has ended is told by its end.
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => this.#tellAll(error.message));
    child.once('close', (code) => this.#tellAll(`the program ended (${code}): ${this.#lastWords}`));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Rejects with the error that the program answered, when it ended, and when it does not answer. */
  async call(method: string, params: object): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    const { result, error } = await new Promise<Answer>((resolve) => {
      const limit = setTimeout(
        () => resolve({ error: `no answer within ${ANSWER_LIMIT_MS / 1000} s` }),
        ANSWER_LIMIT_MS,
      );
      this.#waiting.set(id, (answer) => {
        clearTimeout(limit);
        resolve(answer);
      });
      this.#write({ id, method, params });
    });
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  notify(method: string): void {
    this.#write({ method });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }

  #tellAll(error: string): void {
    for (const tell of this.#waiting.values()) tell({ error });
  }

  #write(message: object): void {
    if (this.#child.exitCode !== null) this.#tellAll(`the program ended: ${this.#lastWords}`);
    else this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }
}
