import type { InstantEmbedder } from './embedder.ts';
import { StaticEmbedder } from './static/static-embedder.ts';
import type { StaticTable } from './static/static-table.ts';

/** What the threads of the database know of the embedder; structured-clone safe. */
export interface EmbedderSetup {
  readonly model: string;
  /** Opens the embedder again: `memory.embedder` without secrets, as JSON text. */
  readonly settingsText: string;
  /** Present when it is quick enough to run inside a write. */
  readonly table: StaticTable | null;
}

/** null for slow embedders and for none. */
export function instantEmbedder(setup: EmbedderSetup | null): InstantEmbedder | null {
  return setup?.table == null ? null : new StaticEmbedder(setup.table);
}
