import { createEmbedder, type EmbedderSurroundings } from './create-embedder.ts';
import type { Embedder, InstantEmbedder } from './embedder.ts';
import { type EmbedderConfig, embedderConfigSchema } from './embedder-config.ts';
import type { EmbedderSetup } from './embedder-setup.ts';
import { isSecretKey } from './redact-secrets.ts';
import { StaticEmbedder } from './static/static-embedder.ts';
import { loadStaticTable } from './static/static-table.ts';

/** An embedder ready for use, and what the database threads are told of it. */
export interface OpenEmbedding {
  readonly setup: EmbedderSetup;
  readonly embedder: Embedder;
  /** It embeds inside the write; otherwise the embedding worker does. */
  readonly instant: boolean;
}

/**
 * Opens the embedder of a configuration; null for provider `none`. Nothing is asked of slow ones yet.
 * Errors: MemoryDataCorruptionError for an unusable table, ValidationError for a key that no header can carry.
 */
export function openEmbedding(
  config: EmbedderConfig,
  surroundings: EmbedderSurroundings,
): OpenEmbedding | null {
  if (config.provider === 'none') return null;
  const settingsText = withoutSecrets(config);
  if (config.provider === 'static') {
    const table = loadStaticTable(config.path);
    const embedder = patient(new StaticEmbedder(table));
    return { setup: { model: table.model, settingsText, table }, embedder, instant: true };
  }
  const embedder = createEmbedder(config, surroundings);
  return { setup: { model: embedder.model, settingsText, table: null }, embedder, instant: false };
}

/** Opens the embedder that made vectors of the past from what the file says of it; null when that is not understood any more. */
export function reopenEmbedder(
  settingsText: string,
  surroundings: EmbedderSurroundings,
): Embedder | null {
  const parsed = embedderConfigSchema.safeParse(JSON.parse(settingsText));
  return parsed.success ? (openEmbedding(parsed.data, surroundings)?.embedder ?? null) : null;
}

/** An instant embedder behind the interface of those that take their time. */
function patient(instant: InstantEmbedder): Embedder {
  return {
    model: instant.model,
    embed: async (texts) => texts.map((text) => instant.embedText(text)),
    close: async () => undefined,
  };
}

/** Keys are left out wherever they stand, so that the file holds none. */
function withoutSecrets(config: EmbedderConfig): string {
  return JSON.stringify(config, (key, value: unknown) =>
    isSecretKey(key) && key !== 'api_key_env' ? undefined : value,
  );
}
