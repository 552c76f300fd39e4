import type { RequestContext } from './context.ts';
import { clearLoaders } from './loaders.ts';

/** Async, so that a refused argument rejects like an engine error; clears even after a failure, whose outcome may be unknown. */
export async function writing<T>(context: RequestContext, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } finally {
    clearLoaders(context.loaders);
  }
}
