import { crc32 } from 'node:zlib';
import { type EmbedderSetup, instantEmbedder } from '../embedding/embedder-setup.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import { embeddableText } from '../search/embeddable-text.ts';
import { type VectorAhead, VectorSlots } from '../vectors/vector-slots.ts';

/** A unit whose vector another thread may have made; only for a unit that stores one memory. */
export interface PreparedUnit extends WriteUnit {
  readonly ahead?: VectorAhead | undefined;
}

/** What of a store is embedded. */
export type EmbeddableFields = readonly [key: string, valueText: string];

/** Makes the vectors of stores that another thread is about to write; for one thread. */
export class VectorFiller {
  readonly #embedder: ReturnType<typeof instantEmbedder>;

  constructor(setup: EmbedderSetup | null) {
    this.#embedder = instantEmbedder(setup);
  }

  /** A slot for each store, null where there is nothing to make. Does nothing without an instant embedder. */
  fill(stores: readonly (EmbeddableFields | null)[], vectors: SharedArrayBuffer): void {
    const embedder = this.#embedder;
    if (embedder === null) return;
    const slots = new VectorSlots(embedder.dimension, stores.length, vectors);
    for (const [slot, fields] of stores.entries()) {
      if (fields === null) continue;
      const [key, valueText] = fields;
      slots.fill(slot, () => {
        const text = embeddableText({ key, valueText });
        return { textCrc: crc32(text), kept: embedder.embedForKeeping(text) };
      });
    }
  }
}
