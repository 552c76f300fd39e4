import type { EngineConfigInput } from '../../src/engine/index.ts';

/** How a server under load is made. Travels to its process as JSON. */
export interface ServerVariant {
  /** Compiled engine/index.js of the build to serve; the server lies beside it. */
  readonly engineUrl: string;
  /**
   * `node`: JSON in and out of node:http, the least that any server does. `bare-yoga`: our schema under Yoga alone.
   * `trinitas`: the server as it is delivered.
   */
  readonly kind: 'node' | 'bare-yoga' | 'trinitas';
  /** `constant`: the engine's part is an answer prepared beforehand, everything else is real. */
  readonly source: 'constant' | 'sqlite';
  /** Entries of the operation cache. */
  readonly cacheSize: number;
  /** Keys below `memory`, as in a configuration file. */
  readonly memory?: EngineConfigInput['memory'];
  /** For `bare-yoga`. */
  readonly yoga?: { readonly documentCache: boolean; readonly countBody: boolean } | undefined;
  /** For `trinitas`. */
  readonly fastLane?: boolean | undefined;
  /** Keys below `server`, as in a configuration file. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** The file that a variant reads, filled beforehand by `fillStore`. */
export interface ServerTask {
  readonly variant: ServerVariant;
  readonly directory: string;
}

/** Messages of the server's process. */
export type ServerMessage = { readonly url: string } | { readonly cpuMicroseconds: number };

/** Twenty of these make the list that is asked for. */
export const LISTED = 20;
export const MEMORIES = 200;
/** The key of a memory whose value is as large as values may be. */
export const LARGE_KEY = 'large';
/** Each one is 11 characters of JSON. */
export const LARGE_ITEMS = 95_000;
