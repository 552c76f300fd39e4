import type { OperationNotes, RunningOperation } from './operation-notes.ts';

/** What the transport knows about a request, over HTTP as over WebSocket. */
export interface ServerContext {
  readonly requestId: string;
  /** Whose subscriptions are counted together: the address until there are credentials. */
  readonly client: string;
  /** See RequestContext; absent = false. */
  readonly holdsStoredJson?: boolean | undefined;
  /** For the log; null when it would not be written. */
  readonly notes: OperationNotes | null;
  /** The operation itself; each one of a batch has a context of its own. */
  running?: RunningOperation | undefined;
}
