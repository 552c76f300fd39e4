import { ValidationError } from '../errors.ts';
import { ChromaEmbedder } from './chroma-embedder.ts';
import type { Embedder } from './embedder.ts';
import type { ChromaConfig, EmbedderConfig, OpenAiConfig } from './embedder-config.ts';
import { loadChromaFunction } from './load-chroma-function.ts';
import { modelName } from './model-name.ts';
import { OpenAiEmbedder } from './openai-embedder.ts';
import { isSecretKey, secretsIn } from './redact-secrets.ts';
import { TransformersEmbedder } from './transformers-embedder.ts';

/** Those that may wait; `static` and `none` are the engine's own matter. */
export type SlowEmbedderConfig = Exclude<EmbedderConfig, { provider: 'static' | 'none' }>;

export interface EmbedderSurroundings {
  /** Where packages and relative paths are looked up: the working directory. */
  readonly directory: string;
  /** For `api_key_env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens nothing: packages, threads and connections come with the first call, whose error tells what is missing.
 * Throws ValidationError for a key that no header can carry.
 */
export function createEmbedder(
  config: SlowEmbedderConfig,
  { directory, environment }: EmbedderSurroundings,
): Embedder {
  switch (config.provider) {
    case 'openai':
      return new OpenAiEmbedder(config, apiKeyOf(config, environment));
    case 'transformers':
      return new TransformersEmbedder(config, directory);
    case 'chroma': {
      const model = chromaModelName(config);
      return new ChromaEmbedder(
        {
          model,
          batchSize: config.batch_size,
          timeoutMs: config.timeout * 1000,
          secrets: secretsIn(config.config),
        },
        () => loadChromaFunction(config, model, directory),
      );
    }
  }
}

/** Whose key OPENAI_API_KEY is; http, another port or another host of the same domain are not meant. */
const OPENAI_ORIGIN = 'https://api.openai.com';
const OPENAI_KEY = 'OPENAI_API_KEY';

function apiKeyOf(
  { url, api_key, api_key_env }: OpenAiConfig,
  environment: EmbedderSurroundings['environment'],
): string | null {
  const variable = api_key_env ?? (new URL(url).origin === OPENAI_ORIGIN ? OPENAI_KEY : null);
  const key = (api_key ?? (variable === null ? '' : environment[variable]) ?? '').trim();
  if (key === '') return null;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new ValidationError(
    [
      {
        path: ['memory', 'embedder', 'api_key_env'],
        message: `the variable ${variable} holds characters that a header cannot carry`,
      },
    ],
    { remedy: 'Set the variable to the key alone.' },
  );
}

/** Where a server and its key are, and how long to wait for it, changes no vector. */
const ADDRESS_KEY = /url|host|base|endpoint|port|timeout|retries|_?env(?:_?var)?$/i;
const MODEL_KEY = /^model_?(?:name|id)?$/i;

/** The package and the model, with a digest of the other settings; secrets and addresses are no part of it. */
function chromaModelName({ package: from, export: name, config }: ChromaConfig): string {
  const entries = Object.entries(config).filter(
    ([key]) => !isSecretKey(key) && !ADDRESS_KEY.test(key),
  );
  const model = entries.find(
    ([key, value]) => MODEL_KEY.test(key) && typeof value === 'string',
  )?.[1];
  const rest = entries.filter(([, value]) => value !== model);
  const base = ['chroma', from, ...(typeof model === 'string' ? [model] : [])].join('/');
  return modelName(base, { ...Object.fromEntries(rest), export: name });
}
