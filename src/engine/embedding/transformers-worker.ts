import { parentPort, workerData } from 'node:worker_threads';
import type {
  TransformersBatch,
  TransformersMessage,
  TransformersThreadData,
} from './transformers-protocol.ts';

/*
 * Entry of the embedding thread. The model runs synchronously inside onnxruntime, which is why it has a thread of its own:
 * a batch of 16 stops an event loop for a quarter of a second.
 */

/** The part of @huggingface/transformers 4 that we use; the package is optional, so its own types are not at hand. */
interface TransformersPackage {
  readonly env: { allowRemoteModels: boolean; localModelPath: string; cacheDir: string };
  pipeline(
    task: 'feature-extraction',
    model: string,
    options: Readonly<Record<string, unknown>>,
  ): Promise<FeatureExtractor>;
}

type FeatureExtractor = (
  texts: string[],
  options: { pooling: string; normalize: boolean },
) => Promise<{ readonly data: unknown; readonly dims: readonly number[] }>;

const settings = workerData as TransformersThreadData;
let extractor: FeatureExtractor | undefined;

parentPort?.on('message', async (batch: TransformersBatch) => {
  let phase: 'load' | 'batch' = 'load';
  try {
    if (extractor === undefined) {
      extractor = await load();
      send({ kind: 'loaded' });
    }
    phase = 'batch';
    await answer(extractor, batch);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    send({ kind: 'failed', phase, message });
  }
});

async function load(): Promise<FeatureExtractor> {
  const { env, pipeline } = (await import(settings.packageUrl)) as TransformersPackage;
  env.allowRemoteModels = settings.localPath === null && settings.allowDownload;
  if (settings.localPath !== null) env.localModelPath = settings.localPath;
  if (settings.cacheDirectory !== null) env.cacheDir = settings.cacheDirectory;
  return pipeline('feature-extraction', settings.model, {
    ...(settings.dtype === null ? {} : { dtype: settings.dtype }),
    session_options: { intraOpNumThreads: settings.threads, interOpNumThreads: 1 },
  });
}

async function answer(run: FeatureExtractor, { texts }: TransformersBatch): Promise<void> {
  const { data, dims } = await run([...texts], { pooling: settings.pooling, normalize: false });
  if (!(data instanceof Float32Array)) throw new Error('the model answers with other than float32');
  // A copy of its own, because the tensor may be a view into memory of onnxruntime.
  const values = Float32Array.from(data);
  send({ kind: 'vectors', values, dimension: dims.at(-1) ?? 0 }, [values.buffer]);
}

function send(message: TransformersMessage, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}
