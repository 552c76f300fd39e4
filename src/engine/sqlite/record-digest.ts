import { createHash } from 'node:crypto';
import type { ReadMap } from '../backends/read-map.ts';
import type { SeenPredicate } from '../model/validation.ts';

type PredicateKind = SeenPredicate['kind'];

/**
 * Digest of what a query returned: which memories in which order, each in which version. Two runs with the same digest
 * gave the same answer, whatever LIMIT, ORDER BY, counts or ranking did to it.
 */
export function digestOf<K extends PredicateKind>(kind: K, result: ReadMap[K]['result']): string {
  const hash = createHash('sha256');
  for (const part of partsOf(kind, result)) hash.update(`${part}\n`);
  return hash.digest('base64url');
}

function partsOf(kind: PredicateKind, result: unknown): readonly string[] {
  switch (kind) {
    case 'list': {
      const { records, hasMore, total } = result as ReadMap['list']['result'];
      return [...records.map((record) => `${record.id}:${record.csn}`), `${hasMore}:${total}`];
    }
    case 'recall': {
      const { hits } = result as ReadMap['recall']['result'];
      return hits.map(({ record }) => `${record.id}:${record.csn}`);
    }
    case 'links': {
      const linked = result as ReadMap['links']['result'];
      if (linked === null) return ['null'];
      return linked.map(
        ({ record, kind: link, direction, csn }) =>
          `${record.id}:${record.csn}:${link}:${direction}:${csn}`,
      );
    }
    case 'duplicates':
      return (result as ReadMap['duplicates']['result']).map(
        ({ id, similarity, exact }) => `${id}:${similarity}:${exact}`,
      );
    case 'personas':
      return (result as ReadMap['personas']['result']).map((persona) => `${persona?.id ?? 0}`);
  }
}
