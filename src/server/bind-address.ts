import { BlockList, isIP } from 'node:net';
import { ValidationError } from '../engine/index.ts';

/** Loopback needs no credentials: whoever reaches it already runs on this machine. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  if (family === 0) return false;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Throws ValidationError unless binding to this address is safe. */
export function assertBindAllowed(host: string): void {
  if (isLoopback(host)) return;
  throw new ValidationError(
    [
      {
        path: ['server', 'host'],
        message: `refuses to listen on ${host}: this version has no credentials, so anybody who reaches the address could read and write every memory`,
      },
    ],
    {
      remedy:
        'Set server.host to 127.0.0.1 (or ::1), and reach it from elsewhere through an SSH tunnel or a reverse proxy that authenticates.',
    },
  );
}
