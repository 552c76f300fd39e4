import { crc32 } from 'node:zlib';
import type { InstantEmbedder } from '../../embedding/embedder.ts';
import { MemorySystemError } from '../../errors.ts';
import { IdAllocator } from '../../id-allocator.ts';
import type { StagedVector } from '../../model/participation.ts';
import { PUBLISHED_SECTIONS, type PublishedSection, type Section } from '../../model/section.ts';
import type { WriteUnit } from '../../model/unit-of-work.ts';
import type { WriteOperation } from '../../model/write-operation.ts';
import type { VectorStore } from '../../participants/vector-store.ts';
import { embeddableText } from '../../search/embeddable-text.ts';
import type { Backend } from '../backend.ts';

/**
 * Stores of one unit that are staged at most, and records under way at once: Chroma takes about a thousand a second
 * (recall.md section B), so bulk goes by the outbox, in larger batches, and no commit waits for a queue.
 */
const MAX_STAGED_OF_UNIT = 64;
const MAX_UNDER_WAY = 256;

type StoreOperation = Extract<WriteOperation, { kind: 'store' }> & {
  readonly section: PublishedSection;
};

interface PlannedVector extends StagedVector {
  readonly vector: Float32Array;
}

/** Puts the vectors of a unit into the vector store before it is committed, under ids that nothing refers to yet. */
export class VectorStager {
  readonly #store: Backend;
  readonly #vectors: VectorStore;
  readonly #embedder: InstantEmbedder;
  readonly #ids: IdAllocator;
  #underWay = 0;

  constructor(store: Backend, vectors: VectorStore, embedder: InstantEmbedder) {
    this.#store = store;
    this.#vectors = vectors;
    this.#embedder = embedder;
    this.#ids = new IdAllocator((count) => store.reserveIds(count));
  }

  /** Whether the unit has anything that may be staged, and there is room for it now. */
  wants(unit: WriteUnit): boolean {
    const count = unit.operations.filter(isPublishedStore).length;
    return count > 0 && count <= MAX_STAGED_OF_UNIT && this.#underWay + count <= MAX_UNDER_WAY;
  }

  /** What `stage` is to put; nothing has happened yet. */
  async plan(
    unit: WriteUnit,
  ): Promise<{ readonly unit: WriteUnit; readonly vectors: readonly PlannedVector[] }> {
    const { namespace, now, deadline, txid } = unit;
    const stores = new Map<string, StoreOperation>();
    for (const operation of unit.operations)
      if (isPublishedStore(operation)) stores.set(operation.key, operation);
    const keys = [...stores.keys()];
    const targets = keys.map((key) => ({ key }));
    const records = await this.#store.read('getMany', { namespace, targets, now }, { deadline });
    const newIds = new Map<string, number>();
    const vectors: PlannedVector[] = [];
    for (const [index, key] of keys.entries()) {
      const operation = stores.get(key);
      const existing = records[index] ?? null;
      if (operation === undefined) continue;
      const text = embeddableText(operation);
      const isSame = existing?.section === operation.section && embeddableText(existing) === text;
      const vector = isSame || text === '' ? null : this.#embedder.embedText(text);
      if (vector === null) continue;
      const memoryId = existing?.id ?? operation.newId ?? (await this.#nextId());
      if (existing === null) newIds.set(key, memoryId);
      const { section } = operation;
      vectors.push({
        record: `${memoryId}:${txid}`,
        memoryId,
        section,
        textCrc: crc32(text),
        vector,
      });
    }
    return { unit: withIds(unit, newIds), vectors };
  }

  async #nextId(): Promise<number> {
    const [id] = await this.#ids.take(1);
    if (id === undefined) throw new MemorySystemError('ids ran out');
    return id;
  }

  /** Rejects unless all of them surely lie in the vector store. */
  async stage(
    namespace: string,
    vectors: readonly PlannedVector[],
    deadline: number,
  ): Promise<void> {
    const dimension = vectors[0]?.vector.length;
    if (dimension === undefined) return;
    this.#vectors.useModel(this.#embedder.model, dimension);
    this.#underWay += vectors.length;
    try {
      await Promise.all(
        PUBLISHED_SECTIONS.map(async (section) => {
          const records = vectors
            .filter((vector) => vector.section === section)
            .map(({ record, vector }) => ({ id: record, vector }));
          if (records.length > 0)
            await this.#vectors.put({ namespace, section }, records, deadline);
        }),
      );
    } finally {
      this.#underWay -= vectors.length;
    }
  }
}

const SECTIONS: ReadonlySet<Section> = new Set(PUBLISHED_SECTIONS);

function isPublishedStore(operation: WriteOperation): operation is StoreOperation {
  return operation.kind === 'store' && SECTIONS.has(operation.section);
}

/** The first store of a key gets the id: one that comes after a deletion in the same unit makes another memory. */
function withIds(unit: WriteUnit, newIds: Map<string, number>): WriteUnit {
  if (newIds.size === 0) return unit;
  const operations = unit.operations.map((operation) => {
    if (operation.kind !== 'store' || operation.newId !== undefined) return operation;
    const newId = newIds.get(operation.key);
    newIds.delete(operation.key);
    return { ...operation, newId };
  });
  return { ...unit, operations };
}
