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

  constructor(host: string, corsOrigins: readonly string[]) {
    this.#host = host;
    this.#origins = new Set(corsOrigins);
    this.#originHosts = new Set(corsOrigins.map((origin) => new URL(origin).hostname));
  }

  /** The Host header names a loopback address, the configured host, or the host of an allowed origin. */
  allowsHost(headers: IncomingHttpHeaders): boolean {
    const name = hostName(headers.host);
    return (
      name !== undefined && (isLoopback(name) || name === this.#host || this.#originHosts.has(name))
    );
  }

  /** No Origin (not a browser), the server's own, or one of the list. */
  allowsOrigin(headers: IncomingHttpHeaders): boolean {
    const { origin, host } = headers;
    if (origin === undefined || this.#origins.has(origin)) return true;
    return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
  }
}

function hostName(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  return /^(\[[0-9a-f:.]+\]|[^:/?#@]+)(:\d+)?$/i.exec(host)?.[1]?.toLowerCase();
}
