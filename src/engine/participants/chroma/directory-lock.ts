import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpathSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Address of a local socket that stands for a directory. On Linux an abstract one and on Windows a pipe: free as soon as its process is
 * gone. Elsewhere it is a file. Processes of another network namespace (another container) do not see it.
 */
export function lockAddress(directory: string): string {
  const digest = createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 32);
  const name = `trinitas-chroma-${digest}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** Holds the lock until this process ends; false: another one does. Rejects when the system refuses for another reason. */
export async function holdLock(address: string): Promise<boolean> {
  if (await listen(address)) return true;
  const isFile = !/^(\0|\\\\)/.test(address);
  if (!isFile || (await isHeld(address))) return false;
  // A file that its process left behind.
  rmSync(address, { force: true });
  return listen(address);
}

async function listen(address: string): Promise<boolean> {
  const server = createServer((socket) => socket.destroy()).listen(address);
  server.unref();
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}

async function isHeld(address: string): Promise<boolean> {
  const socket = createConnection(address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
