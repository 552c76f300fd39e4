/** What the transport knows about a request, over HTTP as over WebSocket. */
export interface ServerContext {
  readonly requestId: string;
  /** Whose subscriptions are counted together: the address until there are credentials. */
  readonly client: string;
}
