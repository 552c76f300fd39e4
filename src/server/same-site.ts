import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from './bind-address.ts';

/**
 * Which host names and origins this server answers to. It needs both checks while it serves without credentials:
 * a page of another origin may open WebSockets here (browsers do not apply CORS to them), and with DNS rebinding
 * it may even look like the same origin, but then the Host header names the foreign host.
 */
export class SameSite {
  readonly #host: string;
  readonly #origins: ReadonlySet<string>;
  readonly #originHosts: ReadonlySet<string>;
  /** The Host header that was allowed last; nearly all requests of a server name the same. */
  #allowed: string | undefined;

  constructor(host: string, corsOrigins: readonly string[]) {
    this.#host = host;
    this.#origins = new Set(corsOrigins);
    this.#originHosts = new Set(corsOrigins.map((origin) => new URL(origin).hostname));
  }

  /** The Host header names a loopback address, the configured host, or the host of an allowed origin. */
  allowsHost(headers: IncomingHttpHeaders): boolean {
    const { host } = headers;
    if (host === undefined) return false;
    if (host === this.#allowed) return true;
    const name = hostName(host);
    const allows =
      name !== undefined &&
      (isLoopback(name) || name === this.#host || this.#originHosts.has(name));
    if (allows) this.#allowed = host;
    return allows;
  }

  /** No Origin (not a browser), the server's own, or one of the list. */
  allowsOrigin(headers: IncomingHttpHeaders): boolean {
    const { origin, host } = headers;
    if (origin === undefined || this.#origins.has(origin)) return true;
    return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
  }
}

function hostName(host: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[^:/?#@]+)(:\d+)?$/i.exec(host)?.[1]?.toLowerCase();
}
