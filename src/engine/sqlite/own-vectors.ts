import { LRUCache } from 'lru-cache';
import type { QueryVector } from '../backends/recall-reads.ts';
import type { InstantEmbedder } from '../embedding/embedder.ts';
import { embeddableText } from '../search/embeddable-text.ts';
import type { RecallScope } from './recall-scope.ts';
import type { SemanticMatch } from './semantic-arm.ts';

/** Texts of one connection whose vectors are kept: a transaction that searches twice need not embed its writes twice. */
const MAX_KEPT = 1_024;

/** Vectors of what a transaction wrote, made when it searches; none with a slow embedder, whose vectors come after the commit. */
export class OwnVectors {
  readonly #embedder: InstantEmbedder | null;
  readonly #kept = new LRUCache<string, { readonly vector: Float32Array | null }>({
    max: MAX_KEPT,
  });

  constructor(embedder: InstantEmbedder | null) {
    this.#embedder = embedder;
  }

  /** Of all own writes that may be hits, in no order. */
  similar(scope: RecallScope, { model, values }: QueryVector): readonly SemanticMatch[] {
    if (this.#embedder?.model !== model) return [];
    const { source, visible, params, allowed, statements } = scope;
    const sql = `SELECT m.id, m.importance, m.updated_at, m.persona_id, m.key, m.value FROM ${source.from} WHERE TRUE ${visible} ${allowed.sql}`;
    return statements
      .rows(sql, ...params, ...allowed.params)
      .flatMap((row): readonly SemanticMatch[] => {
        const [id, importance, updatedAt, personaId, key, valueText] = row;
        const vector = this.#embed(
          embeddableText({ key: key as string, valueText: valueText as string }),
        );
        if (vector === null) return [];
        return [
          {
            id: id as number,
            importance: importance as number,
            updatedAt: updatedAt as number,
            named: scope.isNamed(personaId),
            similarity: product(values, vector),
          },
        ];
      });
  }

  #embed(text: string): Float32Array | null {
    const known = this.#kept.get(text);
    if (known !== undefined) return known.vector;
    const vector = this.#embedder?.embedText(text) ?? null;
    this.#kept.set(text, { vector });
    return vector;
  }
}

/** Cosine of two vectors of unit length. */
function product(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1)
    sum += (left[index] as number) * (right[index] as number);
  return sum;
}
