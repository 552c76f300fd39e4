import { parentPort, workerData } from 'node:worker_threads';
import { StaticEmbedder } from '../../../../src/engine/embedding/static/static-embedder.ts';
import type { StaticTable } from '../../../../src/engine/embedding/static/static-table.ts';

/** What the thread is given: the table of its parent and texts to embed. */
export interface ThreadInput {
  readonly table: StaticTable;
  readonly texts: readonly string[];
}

// Sets the first scale afterwards, which the parent must see.
const { table, texts }: ThreadInput = workerData;
const embedder = new StaticEmbedder(table);
parentPort?.postMessage(texts.map((text) => embedder.embedText(text)));
table.scales[0] = -1;
