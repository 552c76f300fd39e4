import { ValidationError } from '../../errors.ts';

/** Where a server listens, in the words of the client's constructor. */
export interface ChromaEndpoint {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly tenant: string;
  readonly database: string;
  /** For messages: without user and password. */
  readonly label: string;
}

/** What calls are sent to: a server at a known address, or one that the engine runs itself. */
export interface ChromaSource {
  /** Null while there is none; `problem` then says why. */
  readonly endpoint: ChromaEndpoint | null;
  readonly problem: string | null;
  close(): Promise<void>;
}

/** The names that every server begins with. */
const DEFAULT_TENANT = 'default_tenant';
const DEFAULT_DATABASE = 'default_database';

export function localEndpoint(port: number): ChromaEndpoint {
  return parseChromaUrl(`http://127.0.0.1:${port}`);
}

/**
 * `http(s)://[user:password@]host[:port][/?tenant=…&database=…]`. Throws ValidationError for anything else.
 */
export function parseChromaUrl(text: string): ChromaEndpoint {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || !/^\/?$/.test(url.pathname))
    throw new ValidationError([
      {
        path: ['memory', 'chroma_url'],
        message:
          'must be http(s)://host:port, without a path, and may end with ?tenant=…&database=…',
      },
    ]);
  const ssl = url.protocol === 'https:';
  const port = url.port === '' ? (ssl ? 443 : 80) : Number(url.port);
  return {
    host: url.hostname,
    port,
    ssl,
    headers: url.username === '' ? {} : { authorization: basicAuthorization(url) },
    tenant: url.searchParams.get('tenant') ?? DEFAULT_TENANT,
    database: url.searchParams.get('database') ?? DEFAULT_DATABASE,
    label: `${url.protocol}//${url.hostname}:${port}`,
  };
}

function basicAuthorization({ username, password }: URL): string {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
