import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';

const CHROMA = join(dirname(createRequire(import.meta.url).resolve('chromadb')), '..', 'cli.mjs');
const HOST = '127.0.0.1';
const LOOK_EVERY_MS = 50;
const MAX_LOOKS = 400;

/** A real redis-server and a real Chroma server of their own; `kill` ends both as a crash would. */
export interface ParticipantServers {
  readonly redisUrl: string;
  readonly chromaUrl: string;
  /** Keys that Redis was asked for and had, since its start. */
  hits(): Promise<number>;
  kill(): Promise<void>;
}

export async function startParticipants(directory: string): Promise<ParticipantServers> {
  const [redisPort, chromaPort] = [await freePort(), await freePort()];
  const [redisFolder, chromaFolder] = [join(directory, 'redis'), join(directory, 'chroma')];
  for (const folder of [redisFolder, chromaFolder]) await mkdir(folder, { recursive: true });
  const redisWords = ['--port', String(redisPort), '--bind', HOST, '--dir', redisFolder];
  const chromaWords = ['--path', chromaFolder, '--host', HOST, '--port', String(chromaPort)];
  const children = [
    start('redis-server', [...redisWords, '--save', '', '--appendonly', 'no']),
    start(process.execPath, [CHROMA, 'run', ...chromaWords]),
  ];
  const servers: ParticipantServers = {
    redisUrl: `redis://${HOST}:${redisPort}`,
    chromaUrl: `http://${HOST}:${chromaPort}`,
    hits: () =>
      asked(redisPort, async (client) =>
        Number(/^keyspace_hits:(\d+)/m.exec(await client.info('stats'))?.[1]),
      ),
    kill: async () => void (await Promise.all(children.map(kill))),
  };
  try {
    await until('Redis', () =>
      asked(redisPort, async (client) => (await client.ping()) === 'PONG'),
    );
    await until('Chroma', async () => (await fetch(`${servers.chromaUrl}/api/v2/heartbeat`)).ok);
  } catch (error) {
    await servers.kill();
    throw error;
  }
  return servers;
}

function start(command: string, words: readonly string[]): ChildProcess {
  const child = spawn(command, words, { stdio: 'ignore' });
  // That it could not be started shows when it does not answer.
  child.on('error', () => undefined);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function until(name: string, answers: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    if (await answers().catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`${name} does not answer; is it installed?`);
}

async function asked<T>(port: number, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, HOST, { lazyConnect: true, retryStrategy: null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await question(client);
  } finally {
    client.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
