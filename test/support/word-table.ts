import type { EmbedderSetup } from '../../src/engine/embedding/embedder-setup.ts';
import { buildPieceIndex } from '../../src/engine/embedding/static/piece-index.ts';
import { randomFrom } from './random.ts';

const SETTINGS = '{"provider":"none"}';

/** An instant embedder that knows these words alone, each with a random direction: texts are as similar as their words are equal. */
export function wordTable(
  words: readonly string[],
  dimension: number,
  seed = 1,
  model = `words-${dimension}-${seed}`,
): EmbedderSetup {
  const random = randomFrom(seed);
  const rows = new Int8Array(new SharedArrayBuffer(words.length * dimension));
  for (let at = 0; at < rows.length; at += 1) rows[at] = random(255) - 127;
  const scales = new Float32Array(new SharedArrayBuffer(words.length * 4)).fill(0.01);
  const table = { model, dimension, pieces: buildPieceIndex(words), scales, rows };
  return { model, settingsText: SETTINGS, table };
}

/** A slow embedder as the database knows it: it tells the name alone. */
export function slowSetup(model: string): EmbedderSetup {
  return { model, settingsText: SETTINGS, table: null };
}

/** `count` different words of letters. */
export function someWords(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    `w${index.toString(26)}`.replaceAll(/\d/g, (digit) => 'qrstuvwxyz'.charAt(Number(digit))),
  );
}
