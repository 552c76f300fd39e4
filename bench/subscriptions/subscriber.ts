import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Told, topicOf, wallClock } from './subscriber-task.ts';

const PROTOCOL = 'graphql-transport-ws';
/** What a dashboard shows. */
const STATS = `subscription Stats {
  stats(intervalMs: 1000) {
    at state uptimeSeconds residentBytes subscribers
    totals { opsPerSecond averageLatencyMs errorRate }
    operations { name count rate latency { mean p50 p95 p99 } }
    caches { name size hitRate }
  }
}`;
const CHANGES = `subscription Changes($topic: String!) {
  memoryChanges(where: { tags: { any: [$topic] } }) {
    __typename
    ... on MemoryChangeBatch { endCursor changes { kind memory { key value } } }
  }
}`;

interface ChangesData {
  readonly memoryChanges: {
    readonly changes?: readonly { readonly memory: { readonly value: Told } }[];
  };
}

/** One socket with one subscription. */
export class Subscriber {
  readonly kind: 'stats' | 'changes';
  /** Of `changes`. */
  readonly topic: string;
  readonly #socket: WebSocket;
  /** By the number of the store: how often it was told. */
  readonly told = new Map<number, number>();
  readonly delays: number[] = [];
  samples = 0;
  /** The first thing that was not data of the subscription. */
  failure: string | null = null;
  state: 'reads' | 'silent' | 'vanished' = 'reads';

  private constructor(kind: Subscriber['kind'], topic: string, socket: WebSocket) {
    this.kind = kind;
    this.topic = topic;
    this.#socket = socket;
  }

  static async connect(url: string, kind: Subscriber['kind'], number: number): Promise<Subscriber> {
    const topic = topicOf(number);
    const socket = new WebSocket(url.replace('http', 'ws'), PROTOCOL);
    const subscriber = new Subscriber(kind, topic, socket);
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.on('message', (data) => subscriber.#hear(String(data)));
    socket.on('close', (code) => {
      if (subscriber.state === 'reads') subscriber.failure ??= `closed with ${code}`;
    });
    const payload = kind === 'stats' ? { query: STATS } : { query: CHANGES, variables: { topic } };
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    return subscriber;
  }

  /** From now on nothing is read from the socket. */
  silence(): void {
    this.state = 'silent';
    this.#socket.pause();
  }

  vanish(): void {
    this.state = 'vanished';
    this.#socket.terminate();
  }

  leave(): void {
    this.state = 'vanished';
    this.#socket.close();
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as { type: string; payload?: { data?: unknown } };
    const data = message.payload?.data;
    if (message.type === 'ping') this.#socket.send('{"type":"pong"}');
    else if (message.type !== 'next' || !data) this.failure ??= text.slice(0, 300);
    else if (this.kind === 'stats') this.samples += 1;
    else this.#note((data as ChangesData).memoryChanges.changes ?? []);
  }

  #note(changes: NonNullable<ChangesData['memoryChanges']['changes']>): void {
    const now = wallClock();
    for (const { memory } of changes) {
      const { number, sentAt } = memory.value;
      this.told.set(number, (this.told.get(number) ?? 0) + 1);
      this.delays.push(now - sentAt);
    }
  }
}
