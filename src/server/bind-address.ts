import { BlockList, isIP } from 'node:net';
import { ValidationError } from '../engine/index.ts';

/** Made once: every request asks whether its Host is one of these. */
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Loopback needs no credentials: whoever reaches it already runs on this machine. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const address = host.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  if (family === 0) return false;
  return LOOPBACK.check(address, family === 4 ? 'ipv4' : 'ipv6');
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
