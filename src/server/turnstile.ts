import type { IncomingMessage } from 'node:http';
import type { RequestFigures } from '../resolvers/request-figures.ts';

/** Requests begun in one turn of the event loop: enough for the engine to batch them, few enough for a turn of some milliseconds. */
const REQUESTS_PER_TURN = 16;

/** How long waiting requests stand back while every turn accepts another connection: about as long as a full turn takes. */
const MAX_ACCEPTING_MS = 20;

/** What a request is thought to take before any was measured. */
const FIRST_REQUEST_MS = 1;
/** Part of the newest measurement: about 20 turns tell what a request takes. */
const NEWEST_SHARE = 0.1;
/** A longer turn was a pause of the process and tells nothing about requests. Refusal needs 80 requests waiting at the default bound. */
const LONGEST_TURN_MS = 100;

interface Waiting {
  readonly request: IncomingMessage;
  readonly begin: () => void;
}

/**
 * Lets some requests begin in each turn of the event loop, the others in the order they came. libuv accepts one connection a turn
 * (1.46), so that with a burst of requests in one turn each new connection waits for a whole burst of others: seconds, where requests
 * on older connections took milliseconds. Connections are therefore accepted first, in turns that do little else.
 *
 * A request that would wait longer than `mostWaitMs` is refused when it comes: as many wait before it, times what each of the last ones
 * took. Callers who wait for their answers cannot reach that, unless they are very many, and neither can a burst that is answered in time.
 */
export class Turnstile implements RequestFigures {
  readonly #mostWaitMs: number;
  #waiting: Waiting[] = [];
  #left = REQUESTS_PER_TURN;
  #isPlanned = false;
  #accepted = false;
  /** When requests began to stand back; null = they do not. */
  #acceptingSince: number | null = null;
  #requestMs = FIRST_REQUEST_MS;
  /** The last turn that began requests and left others waiting; null = nobody waits. */
  #lastTurn: { readonly at: number; readonly begun: number } | null = null;
  refused = 0;

  /** Milliseconds. */
  constructor(mostWaitMs: number) {
    this.#mostWaitMs = mostWaitMs;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A connection was accepted in this turn. */
  connected(): void {
    this.#accepted = true;
    this.#plan();
  }

  /**
   * Calls `begin` now or in a later turn, never when the client has gone until then; or `refuse` at once, with the milliseconds that the
   * request would wait.
   */
  enter(request: IncomingMessage, begin: () => void, refuse: (waitMs: number) => void): void {
    this.#plan();
    const waitMs = this.#waiting.length * this.#requestMs;
    if (waitMs > this.#mostWaitMs) {
      this.refused += 1;
      refuse(waitMs);
    } else if (this.#left === 0 || this.#accepted || this.#waiting.length > 0) {
      this.#waiting.push({ request, begin });
    } else {
      this.#left -= 1;
      begin();
    }
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
    this.#measure(present.length);
    for (const { begin } of present) begin();
  }

  /** While requests wait, the time from turn to turn is that of the requests begun, whatever it went into. */
  #measure(begun: number): void {
    const last = this.#lastTurn;
    const at = performance.now();
    if (last !== null) {
      const requestMs = Math.min(at - last.at, LONGEST_TURN_MS) / last.begun;
      this.#requestMs += (requestMs - this.#requestMs) * NEWEST_SHARE;
    }
    this.#lastTurn = this.#waiting.length > 0 ? { at, begun } : null;
  }
}
