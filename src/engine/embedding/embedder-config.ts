import { z } from 'zod';

/** Texts in one call. More does not fill a server or a core better, and bounds what one failure repeats. */
const MAX_BATCH_SIZE = 256;
/** Numbers in one vector; the largest models in use give 4,096. */
export const MAX_DIMENSION = 8_192;
/** A prefix is a short instruction to the model. */
const MAX_PREFIX_LENGTH = 1_000;

const name = z.string().min(1).max(512);
const prefix = z.string().max(MAX_PREFIX_LENGTH).default('');

const staticConfig = z.strictObject({
  provider: z.literal('static'),
  /** File of another table than the one that is shipped. */
  path: z.string().min(1).optional(),
});

/** No vectors: recall is by text alone. */
const noneConfig = z.strictObject({ provider: z.literal('none') });

const openAiConfig = z.strictObject({
  provider: z.literal('openai'),
  /** `/embeddings` is added to it. Ollama: http://localhost:11434/v1, llama.cpp: http://localhost:8080/v1. */
  url: z
    .url({ protocol: /^https?$/ })
    .refine(hasOnlyAddress, 'must have no user, password, query or fragment')
    .default('https://api.openai.com/v1'),
  /** As the server names it. */
  model: name,
  /** Sent as a bearer token; takes the place of the environment variable. Never shown in errors. */
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]{1,4096}$/, 'must be printable ASCII without spaces')
    .optional(),
  /**
   * Environment variable that holds the key; when it is not set, no key is sent. Absent: OPENAI_API_KEY, which is sent to
   * https://api.openai.com alone; any other server gets a key only when one of these two settings says so.
   */
  api_key_env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .optional(),
  /** Numbers per vector, asked of the server and checked; leave it out for models of one size, whose first vector counts. */
  dimension: z.int().min(1).max(MAX_DIMENSION).optional(),
  /** Texts in one request. */
  batch_size: z.int().min(1).max(MAX_BATCH_SIZE).default(64),
  /** Seconds one request may take. */
  timeout: z.number().positive().max(600).default(10),
  /** Further requests after status 408, 429 or 5xx, a broken connection or a timeout. */
  retries: z.int().min(0).max(10).default(3),
  /** Written before each query, as `search_query: ` for nomic-embed-text. */
  query_prefix: prefix,
  /** Written before each memory; changing it embeds all memories again. */
  document_prefix: prefix,
});

const transformersConfig = z.strictObject({
  provider: z.literal('transformers'),
  /**
   * A hub id (`owner/name`), or a directory when it is absolute or begins with a dot. The last two names of a directory
   * identify the model, so a directory whose content is exchanged must be renamed.
   */
  model: name.refine(
    isHubIdOrDirectory,
    'must be a hub id (owner/name) or a path that begins with . or /',
  ),
  /** Which weights to load, as the file names of the model tell. Absent = the package's default for the model. */
  dtype: z.enum(['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4']).optional(),
  /** How the vectors of the tokens become one; the card of the model tells. */
  pooling: z.enum(['mean', 'cls', 'last_token']).default('mean'),
  /** Texts in one run of the model. */
  batch_size: z.int().min(1).max(MAX_BATCH_SIZE).default(16),
  query_prefix: prefix,
  /** Changing it embeds all memories again. */
  document_prefix: prefix,
  /**
   * Whether a hub model that is not in the cache may be downloaded. On by default, because whoever names a hub model asks
   * for it; a directory never touches the network.
   */
  allow_download: z.boolean().default(true),
  /** Directory of downloaded models. Absent = the package's own, inside node_modules. */
  cache_directory: z.string().min(1).optional(),
  /** Cores one run may use; the database threads need the others. */
  threads: z.int().min(1).max(64).default(1),
  /** Seconds one run may take. */
  timeout: z.number().positive().max(3_600).default(60),
  /** Seconds loading the model may take, with its download. */
  load_timeout: z.number().positive().max(86_400).default(600),
});

const chromaConfig = z.strictObject({
  provider: z.literal('chroma'),
  /** An installed package, as `@chroma-core/ollama`, or a path that begins with . or /. */
  package: name,
  /** Class to take. Absent = the only one whose name ends with EmbeddingFunction. */
  export: name.optional(),
  /** Handed to the constructor. Values of keys that name a key, token, secret or password are never shown. */
  config: z.record(z.string(), z.unknown()).default({}),
  /** Texts in one call. */
  batch_size: z.int().min(1).max(MAX_BATCH_SIZE).default(64),
  /** Seconds one call may take. */
  timeout: z.number().positive().max(3_600).default(30),
});

/** The key `memory.embedder`: which model turns texts into vectors. */
export const embedderConfigSchema = z
  .discriminatedUnion('provider', [
    staticConfig,
    noneConfig,
    openAiConfig,
    transformersConfig,
    chromaConfig,
  ])
  .prefault({ provider: 'static' });

export type EmbedderConfig = z.output<typeof embedderConfigSchema>;
export type OpenAiConfig = z.output<typeof openAiConfig>;
export type TransformersConfig = z.output<typeof transformersConfig>;
export type ChromaConfig = z.output<typeof chromaConfig>;

/** Whether the name of a model or package is a path. */
export function isPath(text: string): boolean {
  return /^(?:\.|\/|[A-Za-z]:[\\/])/.test(text);
}

function isHubIdOrDirectory(model: string): boolean {
  return isPath(model) || /^[\w][\w.-]*(?:\/[\w][\w.-]*)?$/.test(model);
}

/** Where a secret could stand in an address, it would end in logs of proxies. */
function hasOnlyAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url === null || url.username + url.password + url.search + url.hash === '';
}
