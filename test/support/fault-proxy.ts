import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What goes wrong between a client and its server from now on. */
export interface Faults {
  /** Ms that every piece waits, in both directions. */
  readonly delayMs?: number | undefined;
  /** New connections are reset. */
  readonly refuse?: boolean | undefined;
  /** The server gets everything, the client no answer; connections that lost one are reset when the faults change, as TCP would. */
  readonly loseAnswers?: boolean | undefined;
  /** Requests wait in the proxy until the faults change, and are then delivered even if their client has given up. */
  readonly holdRequests?: boolean | undefined;
  /** Of each connection so many bytes more reach the server; then both sides are reset. */
  readonly cutRequestsAfter?: number | undefined;
}

/** A TCP proxy on 127.0.0.1 whose faults are switched while it runs. */
export class FaultProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #links = new Set<Link>();
  #faults: Faults = {};

  private constructor(server: Server, port: number, targetPort: number) {
    this.#server = server;
    this.port = port;
    this.#targetPort = targetPort;
    server.on('connection', (client) => this.#accept(client));
  }

  static async start(targetPort: number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the port is not known');
    return new FaultProxy(server, address.port, targetPort);
  }

  /** Open connections. */
  get connections(): number {
    return this.#links.size;
  }

  /** Takes the place of all earlier faults; `{}` heals. */
  set(faults: Faults): void {
    this.#faults = faults;
    for (const link of this.#links) link.faultsChanged();
  }

  /** Ends all connections by RST, as after a crash of the machine. */
  reset(): void {
    for (const link of [...this.#links]) link.reset();
  }

  /** Ends the direction to the client, by FIN; what it sends is still delivered. */
  halfClose(): void {
    for (const link of this.#links) link.halfClose();
  }

  async stop(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(client: Socket): void {
    if (this.#faults.refuse === true) {
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const link = new Link(client, server, () => this.#faults);
    this.#links.add(link);
    link.ended.then(
      () => this.#links.delete(link),
      () => {},
    );
  }
}

/** A proxy that ends with the test. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const proxy = await FaultProxy.start(targetPort);
  onTestFinished(() => proxy.stop());
  return proxy;
}

/** One connection and its other half. */
class Link {
  readonly ended: Promise<unknown>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #faults: () => Faults;
  /** Keeps the pieces of a direction in order, however long each waits. */
  #requests: Promise<void> = Promise.resolve();
  #answers: Promise<void> = Promise.resolve();
  #delivered = 0;
  #hasLost = false;
  #release: () => void = () => {};

  constructor(client: Socket, server: Socket, faults: () => Faults) {
    this.#client = client;
    this.#server = server;
    this.#faults = faults;
    this.ended = Promise.all([closed(client), closed(server)]);
    client.on('data', (piece) => {
      this.#requests = this.#requests.then(() => this.#request(piece));
    });
    server.on('data', (piece) => {
      this.#answers = this.#answers.then(() => this.#answer(piece));
    });
    // One side has gone: the other learns it after everything that was under way.
    for (const event of ['end', 'close'] as const) {
      client.on(event, () => {
        this.#requests = this.#requests.then(async () => {
          await this.#held();
          server.end();
        });
      });
      server.on(event, () => {
        this.#answers = this.#answers.then(() => {
          client.end();
        });
      });
    }
  }

  faultsChanged(): void {
    this.#delivered = 0;
    this.#release();
    if (this.#hasLost) this.reset();
  }

  reset(): void {
    this.#release();
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  halfClose(): void {
    this.#client.end();
  }

  async #request(piece: Buffer): Promise<void> {
    await this.#pause();
    await this.#held();
    const { cutRequestsAfter } = this.#faults();
    if (cutRequestsAfter === undefined) {
      if (this.#server.writable) this.#server.write(piece);
      return;
    }
    const rest = piece.subarray(0, Math.max(0, cutRequestsAfter - this.#delivered));
    this.#delivered += piece.length;
    if (this.#delivered <= cutRequestsAfter) this.#server.write(rest);
    else this.#server.write(rest, () => this.reset());
  }

  async #answer(piece: Buffer): Promise<void> {
    await this.#pause();
    if (this.#faults().loseAnswers === true || this.#hasLost) this.#hasLost = true;
    else if (this.#client.writable) this.#client.write(piece);
  }

  async #pause(): Promise<void> {
    const { delayMs = 0 } = this.#faults();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  }

  async #held(): Promise<void> {
    while (this.#faults().holdRequests === true && !this.#server.destroyed)
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
  }
}

/** Resolves at the end of a socket, also by an error. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('close', () => resolve());
  });
}
