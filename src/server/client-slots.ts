import { OverloadedError } from '../engine/index.ts';
import type { SubscriptionSlots } from '../resolvers/subscription-slots.ts';

/** A client that hit the limit must end another subscription first; a second is enough to do so. */
const RETRY_AFTER_MS = 1_000;

/** Open subscriptions of all clients, over WebSocket and SSE together. */
export class ClientSlots {
  readonly #limit: number;
  readonly #open = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Open subscriptions of one client. */
  openOf(client: string): number {
    return this.#open.get(client) ?? 0;
  }

  forClient(client: string): SubscriptionSlots {
    return { acquire: () => this.#acquire(client) };
  }

  #acquire(client: string): () => void {
    const open = this.openOf(client);
    if (open >= this.#limit) {
      throw new OverloadedError(
        `This client has ${open} subscriptions open, ${this.#limit} are allowed.`,
        RETRY_AFTER_MS,
        {
          remedy: 'Complete another subscription first.',
          data: { limit: this.#limit },
        },
      );
    }
    this.#open.set(client, open + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = this.openOf(client) - 1;
      // Entries go with their last subscription, so that addresses seen once do not pile up.
      if (left === 0) this.#open.delete(client);
      else this.#open.set(client, left);
    };
  }
}
