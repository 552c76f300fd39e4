import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { type Matrix, matrix, row } from './matrix.ts';

/** Word pieces of one text that the teacher reads. */
const MAX_PIECES = 62;
/** Texts of one forward pass; more brings nothing on a few cores. */
const BATCH = 64;

/** What we use of onnxruntime-node, which is no dependency of the project. */
interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
interface Runtime {
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => Tensor;
  readonly InferenceSession: {
    create(
      file: string,
      options: { readonly intraOpNumThreads: number },
    ): Promise<{ run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>> }>;
  };
}

export interface SentenceTeacher {
  /** One word piece per entry, in the order of their ids. */
  readonly vocabulary: readonly string[];
  /** A row per text, given as ids of word pieces: the mean over `[CLS] text [SEP]`, not normalised. */
  embed(texts: readonly (readonly number[])[], onProgress: (done: number) => void): Promise<Matrix>;
}

/**
 * A BERT-like sentence model from a directory with `vocab.txt` and one `onnx/*.onnx`.
 * Errors: Error with the remedy when the runtime or a file is missing.
 */
export async function loadTeacher(
  directory: string,
  runtimeDirectory: string,
  threads: number,
): Promise<SentenceTeacher> {
  const runtime = loadRuntime(runtimeDirectory);
  const vocabulary = readFileSync(join(directory, 'vocab.txt'), 'utf8').trimEnd().split(/\r?\n/);
  const [first = -1, last = -1] = ['[CLS]', '[SEP]'].map((token) => vocabulary.indexOf(token));
  if (first < 0 || last < 0) throw new Error(`${directory}/vocab.txt is no vocabulary of BERT`);
  const model = readdirSync(join(directory, 'onnx')).find((name) => name.endsWith('.onnx'));
  if (model === undefined) throw new Error(`${directory}/onnx holds no .onnx file`);
  const session = await runtime.InferenceSession.create(join(directory, 'onnx', model), {
    intraOpNumThreads: threads,
  });

  const embedBatch = async (texts: readonly (readonly number[])[]): Promise<Tensor> => {
    const length = Math.max(...texts.map((text) => text.length));
    const shape = [texts.length, length];
    const ids = new BigInt64Array(texts.length * length);
    const mask = new BigInt64Array(texts.length * length);
    for (const [index, text] of texts.entries()) {
      for (const [at, id] of text.entries()) {
        ids[index * length + at] = BigInt(id);
        mask[index * length + at] = 1n;
      }
    }
    const { last_hidden_state: states } = await session.run({
      input_ids: new runtime.Tensor('int64', ids, shape),
      attention_mask: new runtime.Tensor('int64', mask, shape),
      token_type_ids: new runtime.Tensor('int64', new BigInt64Array(ids.length), shape),
    });
    if (states === undefined) throw new Error(`${model} gives no last_hidden_state`);
    return states;
  };

  return {
    vocabulary,
    async embed(texts, onProgress) {
      const framed = texts.map((text) => [first, ...text.slice(0, MAX_PIECES), last]);
      // By length, so that little of a batch is padding.
      const order = Array.from(framed.keys()).sort(
        (a, b) => (framed[a]?.length ?? 0) - (framed[b]?.length ?? 0),
      );
      let vectors = matrix(0, 0);
      for (let start = 0; start < order.length; start += BATCH) {
        const members = order.slice(start, start + BATCH);
        const states = await embedBatch(members.map((member) => framed[member] ?? []));
        const [, length = 0, columns = 0] = states.dims;
        if (start === 0) vectors = matrix(texts.length, columns);
        for (const [index, member] of members.entries()) {
          const from = index * length * columns;
          addMean(states.data.subarray(from), framed[member]?.length ?? 0, row(vectors, member));
        }
        onProgress(start + members.length);
      }
      return vectors;
    },
  };
}

function addMean(states: Float32Array, count: number, into: Float32Array): void {
  for (let at = 0; at < count * into.length; at += 1) {
    const column = at % into.length;
    into[column] = (into[column] ?? 0) + (states[at] ?? 0) / count;
  }
}

function loadRuntime(directory: string): Runtime {
  try {
    return createRequire(join(resolve(directory), 'package.json'))('onnxruntime-node');
  } catch (cause) {
    throw new Error(
      `onnxruntime-node cannot be loaded from ${resolve(directory)}; run\n` +
        '  ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node\n' +
        'in a directory outside the project and name it with --runtime',
      { cause },
    );
  }
}
