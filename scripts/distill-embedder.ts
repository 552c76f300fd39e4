import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildPieceIndex } from '../src/engine/embedding/static/piece-index.ts';
import { WordPiece } from '../src/engine/embedding/static/word-piece.ts';
import { type FitOptions, fitTable } from './distill/fit-table.ts';
import { FIRST_RANKED, initialTable, SMOOTHING } from './distill/initial-table.ts';
import { isKeptPiece } from './distill/kept-piece.ts';
import { keptVectors } from './distill/kept-vectors.ts';
import { type Matrix, matrix, meanRow, normalizeRows, project, row } from './distill/matrix.ts';
import { principalAxes } from './distill/principal-axes.ts';
import { randomRotation } from './distill/random-rotation.ts';
import { seededRandom } from './distill/seeded-random.ts';
import { loadTeacher } from './distill/sentence-teacher.ts';
import { encodeTable } from './distill/table-file.ts';
import { wordnetSentences } from './distill/wordnet-sentences.ts';

/*
 * Makes a static embedding table out of a sentence model: tsx scripts/distill-embedder.ts MODEL_DIR OUT --sentences DIR
 * models/README.md tells what the directories hold and how the method works.
 */

const USAGE = `usage: distill-embedder MODEL_DIR OUT --sentences WORDNET_DICT_DIR
  --runtime DIR    a directory whose node_modules holds onnxruntime-node (default: the current one)
  --threads N      threads of the teacher (default 2)
  --model NAME     name of the table (default static/minilm-256-v1)
  --source TEXT    what the teacher is and where it came from
  --licence TEXT   licences of the teacher and the sentences
  --vectors FILE   keeps the teacher's vectors there, so that another run need not compute them`;

const DIMENSION = 256;
const SEED = 20_251_123;
/** Variances are divided by themselves to this power: evens out the few strongest axes, at 1 all of them. */
const WHITENING = 0.25;
const FIT: FitOptions = { epochs: 4, learningRate: 0.1, dropout: 0.1 };
/** Ids of word pieces that one sentence may have. */
const SENTENCE_PIECES = 62;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sentences: { type: 'string' },
    runtime: { type: 'string', default: '.' },
    threads: { type: 'string', default: '2' },
    model: { type: 'string', default: 'static/minilm-256-v1' },
    source: { type: 'string', default: '' },
    licence: { type: 'string', default: '' },
    vectors: { type: 'string' },
  },
});
const [modelDirectory, output] = positionals;
if (modelDirectory === undefined || output === undefined || options.sentences === undefined) {
  console.error(USAGE);
  process.exit(2);
}

const random = seededRandom(SEED);
const teacher = await loadTeacher(modelDirectory, options.runtime, Number(options.threads));
const sentences = wordnetSentences(options.sentences);
const wordPiece = new WordPiece(buildPieceIndex(teacher.vocabulary));
const scratch = new Int32Array(SENTENCE_PIECES);
const texts = sentences.map((text) =>
  Array.from(scratch.subarray(0, wordPiece.cut(text, scratch))),
);

const single = teacher.vocabulary.map((_, id) => [id]);
const taught = await keptVectors(options.vectors, [...single, ...texts], (all) =>
  teacher.embed(all, progress('texts')),
);
const pieceVectors = slice(taught, 0, single.length);
const targets = slice(taught, single.length, taught.rows);
normalizeRows(targets);

console.log('principal axes');
const mean = meanRow(targets);
const { axes, variances, share } = principalAxes(targets, mean, DIMENSION);
const rotated = rotateAxes(whitened(axes, variances), randomRotation(DIMENSION, random));
const projected = project(targets, mean, rotated);
normalizeRows(projected);
const table = initialTable(project(pieceVectors, meanRow(pieceVectors), rotated));

const kept = teacher.vocabulary.flatMap((piece, id) => (isKeptPiece(piece) ? [id] : []));
const isKept = new Set(kept);
const losses = fitTable(
  table,
  texts.map((text) => text.filter((id) => isKept.has(id))),
  projected,
  FIT,
  random,
);
console.log(`loss of each pass: ${losses.map((loss) => loss.toFixed(4)).join(' ')}`);

const file = encodeTable(
  {
    model: options.model,
    source: options.source,
    licence: options.licence,
    creation: {
      script: 'scripts/distill-embedder.ts',
      sentences: sentences.length,
      sentencesSha256: createHash('sha256').update(sentences.join('\n')).digest('hex'),
      varianceKept: Number(share.toFixed(4)),
      whitening: WHITENING,
      smoothing: SMOOTHING,
      firstRanked: FIRST_RANKED,
      ...FIT,
      seed: SEED,
    },
  },
  kept.map((id) => teacher.vocabulary[id] ?? ''),
  rowsOf(table, kept),
);
writeFileSync(output, file);
console.log(`${output}: ${kept.length} pieces, ${file.length} bytes`);

/** Each axis shortened by its standard deviation to the power of WHITENING, relative to the first. */
function whitened(of: Matrix, variance: readonly number[]): Matrix {
  const scaled = matrix(of.rows, of.columns);
  for (let index = 0; index < of.rows; index += 1) {
    const factor = ((variance[index] ?? 1) / (variance[0] ?? 1)) ** (-WHITENING / 2);
    row(scaled, index).set(row(of, index).map((value) => value * factor));
  }
  return scaled;
}

function rotateAxes(of: Matrix, rotation: Matrix): Matrix {
  const turned = matrix(rotation.rows, of.columns);
  for (let index = 0; index < rotation.rows; index += 1) {
    const into = row(turned, index);
    for (const [axis, share] of row(rotation, index).entries()) {
      const source = row(of, axis);
      for (let at = 0; at < into.length; at += 1) {
        into[at] = (into[at] ?? 0) + share * (source[at] ?? 0);
      }
    }
  }
  return turned;
}

function rowsOf(of: Matrix, ids: readonly number[]): Matrix {
  const picked = matrix(ids.length, of.columns);
  for (const [index, id] of ids.entries()) row(picked, index).set(row(of, id));
  return picked;
}

function slice(of: Matrix, from: number, to: number): Matrix {
  const values = of.values.subarray(from * of.columns, to * of.columns);
  return { rows: to - from, columns: of.columns, values };
}

function progress(what: string): (done: number) => void {
  let next = 0;
  return (done) => {
    if (done < next) return;
    console.log(`${what}: ${done}`);
    next = done + 10_000;
  };
}
