import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SubscriberOrder, SubscriberReport } from './subscriber-task.ts';

const PROBE = fileURLToPath(new URL('./subscriber-probe.ts', import.meta.url));

/** The subscribers, in a process of their own, so that their event loop is not that of the stores or of the server. */
export class SubscriberProcess {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(PROBE, { execArgv: ['--import', import.meta.resolve('tsx')] });
  }

  async obey(order: Exclude<SubscriberOrder, { order: 'report' }>): Promise<void> {
    await this.#ask(order);
  }

  async report(stored: readonly number[], withinMs: number): Promise<SubscriberReport> {
    return (await this.#ask({ order: 'report', stored, withinMs })) as SubscriberReport;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  async #ask(order: SubscriberOrder): Promise<unknown> {
    const ended = new AbortController();
    const { signal } = ended;
    const exit = once(this.#child, 'exit', { signal }).then(([code]) => {
      throw new Error(`the process of the subscribers ended: ${code}`);
    });
    exit.catch(() => undefined);
    try {
      const answer = once(this.#child, 'message', { signal });
      this.#child.send(order);
      const [message] = await Promise.race([answer, exit]);
      return message;
    } finally {
      ended.abort();
    }
  }
}
