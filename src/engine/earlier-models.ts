import type { BackendInfo } from './backends/backend.ts';
import type { EmbedderSurroundings } from './embedding/create-embedder.ts';
import type { Embedder } from './embedding/embedder.ts';
import { ofDimension } from './embedding/of-dimension.ts';
import { reopenEmbedder } from './embedding/open-embedding.ts';
import { type EmbeddedQuery, QueryEmbedding } from './query-embedding.ts';

interface EarlierModel {
  readonly embedder: Embedder;
  readonly query: QueryEmbedding;
}

/** Models of the past: while not every memory has a vector of the model in use, they go on serving what they have. */
export class EarlierModels {
  #models: readonly EarlierModel[] = [];
  /** Models that cannot be opened any more. */
  #lost: readonly string[] = [];

  /** Opens all whose vectors the file holds, but for the one in use. */
  open(
    { embedders, embedderId }: Pick<BackendInfo, 'embedders' | 'embedderId'>,
    options: { readonly timeoutMs: number; readonly surroundings: EmbedderSurroundings },
  ): void {
    const lost: string[] = [];
    this.#models = embedders
      .filter(({ id, dimension }) => id !== embedderId && dimension !== null)
      .flatMap(({ model, dimension, settingsText }) => {
        const reopened = reopenOrNull(settingsText, options.surroundings);
        if (reopened?.model !== model) {
          lost.push(model);
          return [];
        }
        const embedder = ofDimension(reopened, dimension);
        return [{ embedder, query: new QueryEmbedding(embedder, options.timeoutMs) }];
      });
    this.#lost = lost;
  }

  /** Why vectors of the past cannot be searched; null when all can. */
  get problem(): string | null {
    const [lost] = this.#lost;
    return lost === undefined ? null : `the vectors of ${lost} cannot be searched any more`;
  }

  /** The vector of a query by each of them; none rejects. */
  embed(text: string): readonly Promise<EmbeddedQuery>[] {
    return this.#models.map(({ query }) => query.embed(text));
  }

  async close(): Promise<void> {
    const models = this.#models;
    this.#models = [];
    this.#lost = [];
    await Promise.all(models.map(({ embedder }) => embedder.close()));
  }
}

/** An embedder of the past may need what is not here any more: a file, a package. */
function reopenOrNull(settingsText: string, surroundings: EmbedderSurroundings): Embedder | null {
  try {
    return reopenEmbedder(settingsText, surroundings);
  } catch {
    return null;
  }
}
