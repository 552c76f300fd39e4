import type { IncomingMessage } from 'node:http';

/** Requests begun in one turn of the event loop: enough for the engine to batch them, few enough for a turn of some milliseconds. */
const REQUESTS_PER_TURN = 16;

/** How long waiting requests stand back while every turn accepts another connection. */
const MAX_ACCEPTING_MS = 5;

interface Waiting {
  readonly request: IncomingMessage;
  readonly begin: () => void;
}

/**
 * Lets some requests begin in each turn of the event loop, the others in the order they came. libuv accepts one connection a turn
 * (1.46), so that with a burst of requests in one turn each new connection waits for a whole burst of others: seconds, where requests
 * on older connections took milliseconds. Connections are therefore accepted first, in turns that do little else.
 */
export class Turnstile {
  #waiting: Waiting[] = [];
  #left = REQUESTS_PER_TURN;
  #isPlanned = false;
  #accepted = false;
  /** When requests began to stand back; null = they do not. */
  #acceptingSince: number | null = null;

  /** Requests that have not begun. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A connection was accepted in this turn. */
  connected(): void {
    this.#accepted = true;
    this.#plan();
  }

  /** Calls `begin` now or in a later turn; never when the client has gone until then. */
  enter(request: IncomingMessage, begin: () => void): void {
    this.#plan();
    if (this.#left === 0 || this.#accepted || this.#waiting.length > 0) {
      this.#waiting.push({ request, begin });
      return;
    }
    this.#left -= 1;
    begin();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isPlanned = false;
    this.#left = REQUESTS_PER_TURN;
    const standsBack = this.#standsBack();
    this.#accepted = false;
    if (!standsBack) this.#begin();
    if (this.#waiting.length > 0) this.#plan();
  }

  #standsBack(): boolean {
    if (!this.#accepted || this.#waiting.length === 0) {
      this.#acceptingSince = null;
      return false;
    }
    const now = performance.now();
    this.#acceptingSince ??= now;
    if (now - this.#acceptingSince < MAX_ACCEPTING_MS) return true;
    this.#acceptingSince = null;
    return false;
  }

  #begin(): void {
    const present = this.#waiting.filter(({ request }) => !request.socket.destroyed);
    this.#waiting = present.splice(REQUESTS_PER_TURN);
    this.#left -= present.length;
    for (const { begin } of present) begin();
  }
}
