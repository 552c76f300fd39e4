import { fileURLToPath } from 'node:url';

/** Where peers are installed, each at its first use; none is a dependency of this project. Gone with `node_modules`. */
export const PEERS_CACHE = fileURLToPath(
  new URL('../../node_modules/.cache/peers', import.meta.url),
);
