import type { TransferSource } from './transfer-row.ts';

/**
 * Reads the first row now and gives the same rows again, so that a file of another format is refused before anything
 * else is opened. The file is read once, so it may be a pipe.
 */
export async function primeSource(source: TransferSource): Promise<TransferSource> {
  const rows = source[Symbol.asyncIterator]();
  const first = await rows.next();
  return (async function* () {
    try {
      for (let next = first; next.done !== true; next = await rows.next()) yield next.value;
    } finally {
      await rows.return?.();
    }
  })();
}
