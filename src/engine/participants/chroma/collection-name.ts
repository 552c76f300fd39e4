import { createHash } from 'node:crypto';
import { PUBLISHED_SECTIONS } from '../../model/section.ts';
import type { CollectionName } from '../vector-store.ts';

/** The namespace whose collections have the short names. */
const DEFAULT_NAMESPACE = 'default';
/** Hexadecimal digits of a namespace's hash in names: 64 bits. The namespace itself stands in the metadata. */
const HASH_DIGITS = 16;

/** Chroma's name of a collection: Chroma allows fewer characters than a namespace has. */
export function chromaName({ namespace, section }: CollectionName): string {
  if (namespace === DEFAULT_NAMESPACE) return `trinitas_${section}`;
  const hash = createHash('sha256').update(namespace).digest('hex').slice(0, HASH_DIGITS);
  return `trinitas_${section}.${hash}`;
}

/** What a collection of ours says of itself. */
export interface CollectionMetadata {
  readonly storeId: string;
  readonly name: CollectionName;
  readonly model: string;
  readonly dimension: number;
}

export function writeMetadata({ storeId, name, model, dimension }: CollectionMetadata) {
  return {
    store_id: storeId,
    namespace: name.namespace,
    section: name.section,
    model,
    dimension,
  };
}

/** Null: not one of ours. */
export function readMetadata(
  metadata: Readonly<Record<string, unknown>> | undefined | null,
): CollectionMetadata | null {
  const { store_id, namespace, section, model, dimension } = metadata ?? {};
  const published = PUBLISHED_SECTIONS.find((name) => name === section);
  if (
    typeof store_id !== 'string' ||
    typeof namespace !== 'string' ||
    published === undefined ||
    typeof model !== 'string' ||
    typeof dimension !== 'number'
  )
    return null;
  return { storeId: store_id, name: { namespace, section: published }, model, dimension };
}
