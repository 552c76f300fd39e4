import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';

export interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

export interface CloseEvent {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket that speaks graphql-transport-ws frame by frame, and waits for frames, never for time. */
export class FrameSocket {
  readonly socket: WebSocket;
  readonly closed: Promise<CloseEvent>;
  readonly #frames: Frame[] = [];
  #waiting: (() => void)[] = [];

  constructor(url: string, protocol = 'graphql-transport-ws', options: ClientOptions = {}) {
    this.socket = new WebSocket(url.replace('http', 'ws'), protocol, options);
    this.socket.on('message', (data) => {
      this.#frames.push(JSON.parse(String(data)) as Frame);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#wake();
      });
    });
    onTestFinished(() => this.socket.terminate());
  }

  /** Opened and acknowledged. */
  static async connect(url: string): Promise<FrameSocket> {
    const socket = await FrameSocket.open(url);
    socket.send({ type: 'connection_init' });
    await socket.frame('connection_ack');
    return socket;
  }

  static async open(url: string, protocol?: string): Promise<FrameSocket> {
    const socket = new FrameSocket(url, protocol);
    await once(socket.socket, 'open');
    return socket;
  }

  send(frame: Frame | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  subscribe(id: string, query: string, variables: Record<string, unknown> = {}): void {
    this.send({ type: 'subscribe', id, payload: { query, variables } });
  }

  /** The next frame of that type (and id) in order of arrival; frames before it are kept for others. */
  async frame(type: string | readonly string[], id?: string): Promise<Frame> {
    const types = typeof type === 'string' ? [type] : type;
    for (;;) {
      const index = this.#frames.findIndex(
        (frame) => types.includes(frame.type) && (id === undefined || frame.id === id),
      );
      const [found] = index === -1 ? [] : this.#frames.splice(index, 1);
      if (found !== undefined) return found;
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`closed before ${types.join()}: ${JSON.stringify(this.#frames)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Frames that arrived and were not asked for yet. */
  get rest(): readonly Frame[] {
    return this.#frames;
  }
}
