import type { IsolationLevel } from '../../src/engine/index.ts';

/** What a history looks for: memories by the number they hold. */
export type Predicate = 'all' | { readonly in: readonly number[] };

/** Keys and the numbers they hold. */
export type Content = Readonly<Record<string, number>>;

/**
 * A way to the engine that the histories can take: the library, or GraphQL over HTTP. A memory of a history has the value
 * `{ n: number }`.
 */
export interface HistoryDriver {
  /** Makes exactly this the content of the space the sessions work in. */
  reset(content: Content): Promise<void>;
  begin(isolation: IsolationLevel): Promise<HistorySession>;
  /** What is committed. */
  content(): Promise<Content>;
  /**
   * Commits all of them at the same time, in this order as far as that can be arranged, and keeps the writer busy
   * meanwhile, so that they are likely to share a commit group.
   */
  commitTogether(sessions: readonly HistorySession[]): Promise<TogetherResult>;
}

export interface TogetherResult {
  /** In the order of the sessions: the error of a commit that was refused. */
  readonly errors: readonly (CodedError | null)[];
  /** Whether the statistics prove that they were in one group. */
  readonly sharedGroup: boolean;
}

/** An error that carries the engine's code, whichever way it came. */
export interface CodedError {
  readonly code: string;
}

/** One transaction. Every call may reject with a CodedError. */
export interface HistorySession {
  /** null when there is no such memory. */
  read(key: string): Promise<number | null>;
  list(predicate: Predicate): Promise<Content>;
  /** Creates or replaces. */
  write(key: string, value: number): Promise<void>;
  increment(key: string, by: number): Promise<void>;
  delete(key: string): Promise<void>;
  savepoint(name: string): Promise<void>;
  rollbackTo(name: string): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}
