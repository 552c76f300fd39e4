import type { DamageArea } from '../../integrity-report.ts';
import type { StatementCache } from '../statement-cache.ts';

const AREAS: readonly (readonly [RegExp, DamageArea])[] = [
  [/^(memories|personas|memory_access)$/, 'rows'],
  [/^memories_text/, 'text'],
  [/^(embeddings|embedders|vector_codes)$/, 'vectors'],
  [/^memory_tags$/, 'tags'],
  [/^conversation_turns$/, 'turns'],
  [/^memory_links$/, 'links'],
  [/^changes$/, 'log'],
  [/^engine_meta$/, 'counters'],
  [/^(tx_log|idempotency|outbox)/, 'outcomes'],
];

export function areaOf(table: string): DamageArea {
  return AREAS.find(([pattern]) => pattern.test(table))?.[1] ?? 'file';
}

export interface SchemaName {
  readonly name: string;
  readonly table: string;
  readonly type: string;
  readonly rootPage: number;
}

/** Tables and indexes of the file; throws when its first page cannot be read. */
export function readSchema(statements: StatementCache): readonly SchemaName[] {
  return statements
    .rows('SELECT name, tbl_name, type, rootpage FROM main.sqlite_schema')
    .map(([name, table, type, rootPage]) => ({
      name: name as string,
      table: table as string,
      type: type as string,
      rootPage: rootPage as number,
    }));
}

/** An index of memories decides which memories are found; an index of another table belongs to its area. */
export function areaOfName({ type, table }: SchemaName): DamageArea {
  const area = areaOf(table);
  return type === 'index' && area === 'rows' ? 'indexes' : area;
}
