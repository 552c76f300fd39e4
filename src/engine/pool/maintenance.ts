import { Piscina } from 'piscina';
import { MemoryConnectionError } from '../errors.ts';
import { entryPoint } from './entry-point.ts';
import { reviveError } from './error-transfer.ts';
import type {
  MaintenanceCall,
  MaintenanceMethod,
  MaintenanceMethods,
  MaintenanceReply,
} from './maintenance-protocol.ts';

/** Where the system allows it, the work gets a third of the time of threads that answer callers. */
const NICE_INCREMENT = 5;

/** A thread for one piece of long work, started with it and ended by `close`. */
export class Maintenance {
  readonly #piscina: Piscina<MaintenanceCall, MaintenanceReply>;
  #lost: unknown;

  constructor() {
    this.#piscina = new Piscina({
      ...entryPoint('maintenance-worker'),
      name: 'handle',
      minThreads: 0,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      niceIncrement: NICE_INCREMENT,
      atomics: 'disabled',
    });
    // Without a listener a failing thread would end the process; the failed call tells its caller anyway.
    this.#piscina.on('error', (error: unknown) => {
      this.#lost ??= error;
    });
  }

  /** Rejects with the work's own MemorySystemError, or MemoryConnectionError when the thread died. */
  async run<M extends MaintenanceMethod>(
    method: M,
    args: MaintenanceMethods[M]['args'],
  ): Promise<MaintenanceMethods[M]['result']> {
    let reply: MaintenanceReply;
    try {
      reply = await this.#piscina.run({ method, args });
    } catch (cause) {
      throw new MemoryConnectionError('the maintenance thread died', {
        cause: this.#lost ?? cause,
      });
    }
    if (!reply.ok) throw reviveError(reply.error);
    return reply.result as MaintenanceMethods[M]['result'];
  }

  /** Ends the thread; work under way should have been cancelled before, a native call is finished first. */
  async close(): Promise<void> {
    await this.#piscina.destroy();
  }
}
