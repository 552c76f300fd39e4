import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { embedInBatches } from './embed-in-batches.ts';
import type { Embedder, EmbeddingPurpose } from './embedder.ts';
import { isPath, type TransformersConfig } from './embedder-config.ts';
import { closedError, embedderError } from './embedder-error.ts';
import { modelName } from './model-name.ts';
import { resolvePackage } from './resolve-package.ts';
import { TransformersThread } from './transformers-thread.ts';
import { VectorCheck } from './vector-check.ts';

const PACKAGE = '@huggingface/transformers';

/**
 * A model of @huggingface/transformers in a thread of its own. The package is no dependency of ours: it is looked for
 * from the working directory and from our own place, at the first call and, while it is missing, at each further one.
 */
export class TransformersEmbedder implements Embedder {
  readonly model: string;
  readonly #config: TransformersConfig;
  readonly #directory: string;
  readonly #check: VectorCheck;
  #thread: TransformersThread | null = null;
  #isClosed = false;

  /** Relative paths and the package are looked up from the directory. */
  constructor(config: TransformersConfig, directory: string) {
    const { dtype, pooling, document_prefix } = config;
    const id = isPath(config.model) ? lastTwoNames(resolve(directory, config.model)) : config.model;
    this.model = modelName(`transformers/${id}`, { dtype, pooling, document_prefix });
    this.#config = config;
    this.#directory = directory;
    this.#check = new VectorCheck(this.model);
  }

  async embed(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal,
  ): Promise<readonly (Float32Array | null)[]> {
    const isQuery = purpose === 'query';
    return embedInBatches(texts, signal, {
      batchSize: this.#config.batch_size,
      prefix: isQuery ? this.#config.query_prefix : this.#config.document_prefix,
      byLength: true,
      check: this.#check,
      embedBatch: async (batch) => this.#started().run(batch, isQuery, signal),
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.close();
  }

  #started(): TransformersThread {
    if (this.#isClosed) throw closedError(this.model);
    this.#thread ??= this.#create();
    return this.#thread;
  }

  #create(): TransformersThread {
    const { model, dtype, pooling, threads, timeout, load_timeout } = this.#config;
    const packageUrl = resolvePackage(PACKAGE, this.#directory);
    if (packageUrl === null)
      throw embedderError(this.model, 'MISSING', `the package ${PACKAGE} is not installed`, {
        remedy: `npm install ${PACKAGE}`,
      });
    const path = isPath(model) ? resolve(this.#directory, model) : null;
    if (path !== null && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw embedderError(this.model, 'MISSING', `there is no directory ${path}`, {
        remedy: 'Correct memory.embedder.model.',
      });
    const cache = this.#config.cache_directory;
    return new TransformersThread(
      {
        packageUrl,
        // The package puts it before the model's name as it is, so it needs the separator at its end.
        localPath: path === null ? null : join(dirname(path), '/'),
        model: path === null ? model : basename(path),
        dtype: dtype ?? null,
        pooling,
        allowDownload: this.#config.allow_download,
        cacheDirectory: cache === undefined ? null : join(resolve(this.#directory, cache), '/'),
        threads,
      },
      { name: this.model, timeoutMs: timeout * 1000, loadTimeoutMs: load_timeout * 1000 },
    );
  }
}

/** `owner/name` for a model kept as the hub keeps it, so that it has one name wherever it lies. */
function lastTwoNames(path: string): string {
  return join(basename(dirname(path)), basename(path));
}
