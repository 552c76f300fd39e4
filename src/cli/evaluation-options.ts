import { type FileHandle, open } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { type EngineOptions, type RecallMode, ValidationError } from '../engine/index.ts';
import { evaluationOptions } from '../evaluation/evaluation-store.ts';

/** Options that the evaluations share. */
export interface EvaluationOptions {
  readonly mode: Lowercase<RecallMode>;
  readonly embedder?: string | undefined;
  readonly config?: string | undefined;
  readonly save?: string | undefined;
  readonly json: boolean;
}

export const GRANULARITIES = ['turn', 'session'] as const;

export function addEvaluationOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--mode <name>', 'how recall searches')
        .choices(['text', 'semantic', 'hybrid'])
        .default('hybrid'),
    )
    .option(
      '--embedder <name|json>',
      'memory.embedder of the configuration: a provider or a JSON object',
    )
    .option('--config <file>', 'configuration file; its database is not touched')
    .option('--save <file>', 'write what was found for each question, as JSONL')
    .option('--json', 'one line of JSON on stdout as the result', false);
}

/** ValidationError when the configuration or the embedder cannot be. */
export function toEngineOptions({ config, embedder }: EvaluationOptions): EngineOptions {
  const { memory, history } = loadConfig({ file: config });
  return evaluationOptions({ memory, history }, parseEmbedder(embedder));
}

export function toRecallMode(mode: EvaluationOptions['mode']): RecallMode {
  return mode.toUpperCase() as Uppercase<typeof mode>;
}

/** Runs `work` with a way to save its results; the file is opened before, so that a bad path costs no run. */
export async function withResultFile<T>(
  path: string | undefined,
  work: (save: (results: readonly object[]) => Promise<void>) => Promise<T>,
): Promise<T> {
  if (path === undefined) return work(async () => {});
  const file = await openForWriting(path);
  try {
    return await work((results) =>
      file.writeFile(results.map((result) => `${JSON.stringify(result)}\n`).join('')),
    );
  } finally {
    await file.close();
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    throw new ValidationError(`${path} cannot be written`, { cause: error });
  }
}

/** A name stands for the provider of that name with its defaults. */
function parseEmbedder(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (!text.trimStart().startsWith('{')) return { provider: text };
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Neither the text nor the parser's message, which quotes it: it may hold a secret.
    throw new ValidationError('--embedder is not valid JSON');
  }
}
