import type { EmbedderSurroundings } from './create-embedder.ts';

/** This process as embedders see it: where packages are looked up, and the variables that `api_key_env` may name. */
export function processSurroundings(): EmbedderSurroundings {
  return { directory: process.cwd(), environment: process.env };
}
