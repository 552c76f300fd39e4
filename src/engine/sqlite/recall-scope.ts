import type { ReadMap } from '../backends/read-map.ts';
import { looksOnlyAt } from '../search/filter-fields.ts';
import { compileFilter } from '../search/filter-sql.ts';
import { fragment, type SqlFragment } from '../search/sql-fragment.ts';
import type { IdGate } from '../vectors/id-gate.ts';
import { CodeCache } from './code-cache.ts';
import { CLOCK_CONDITION } from './deadline-clock.ts';
import type { MemoryGroups } from './memory-groups.ts';
import type { RankingRows } from './ranking-rows.ts';
import { NOT_EXPIRED } from './record-row.ts';
import { OVERLAY_SOURCE, type RecordSource } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';
import { hasSuperseded, supersededCondition } from './superseded.ts';

export type RecallArguments = ReadMap['recall']['args'];

const NEWEST_ID = 'SELECT max(id) FROM main.memories';
const NAMED_PERSONAS =
  'SELECT id FROM personas WHERE namespace = ? AND name IN (SELECT value FROM json_each(?))';

/** What a connection keeps from one recall to the next; what is absent is looked up each time. */
export interface KeptForRecall {
  readonly codes: CodeCache;
  readonly groups?: MemoryGroups;
  readonly ranking?: RankingRows;
}

/** What both arms of one recall share: where they read, and what of it may be a hit. */
export class RecallScope {
  readonly statements: StatementCache;
  readonly args: RecallArguments;
  readonly source: RecordSource;
  /** Table `m` with all that ranking needs; for the filter also what it is joined with. */
  readonly from: string;
  /** Starts with AND; its values are `params`. */
  readonly visible: string;
  readonly params: readonly unknown[];
  /** Leaves out what holds a term that the query excludes; starts with AND, or empty. The text arm's own matches do that already. */
  readonly allowed: SqlFragment;
  readonly codes: CodeCache;
  /** Which memories may be hits as far as their groups tell; null = any. */
  readonly gate: IdGate | null;
  /** What ranking needs without any statement, when neither a filter nor a link hides a memory; null = `from` and `visible` tell. */
  readonly ranking: RankingRows | null;
  /** Memories whose vectors or sign codes were met damaged and left out. */
  readonly damagedVectors = new Set<number>();
  readonly #named: ReadonlySet<number>;
  #newestId: number | undefined;

  /** What `kept` holds may be kept by a connection whose snapshots only move forward. */
  constructor(
    statements: StatementCache,
    args: RecallArguments,
    source: RecordSource,
    { codes, groups, ranking }: KeptForRecall = { codes: new CodeCache() },
  ) {
    this.codes = codes;
    this.gate = groups?.open(statements, args.namespace, args.filter) ?? null;
    this.statements = statements;
    this.args = args;
    this.source = source;
    const filter = args.filter === null ? null : compileFilter(args.filter, args.namespace);
    const isNarrow = args.filter === null || looksOnlyAt(args.filter, RANKING_FIELDS);
    this.from = isNarrow ? rankingSource(source) : source.from;
    const condition = filter === null ? '' : `AND ${CLOCK_CONDITION} AND (${filter.sql})`;
    const hidden =
      args.includeSuperseded || !hasSuperseded(statements, args.namespace)
        ? null
        : supersededCondition(source, args.now);
    this.visible = `AND m.namespace = ? AND ${NOT_EXPIRED} ${source.condition} ${condition} ${
      hidden === null ? '' : `AND ${hidden.sql}`
    }`;
    this.params = [args.namespace, args.now, ...(filter?.params ?? []), ...(hidden?.params ?? [])];
    this.ranking = filter === null && hidden === null && ranking !== undefined ? ranking : null;
    this.ranking?.begin(statements);
    this.allowed = allowedBy(source, args.query?.excluded ?? null);
    this.#named = args.named.length === 0 ? new Set() : this.#namedPersonas();
  }

  /** The largest id in the file; ids are never reused, so it bounds how many rows an index of memories has. 0 = there is none. */
  get newestId(): number {
    this.#newestId ??= (this.statements.row(NEWEST_ID)?.[0] as number | null) ?? 0;
    return this.#newestId;
  }

  isNamed(personaId: unknown): boolean {
    return personaId !== null && this.#named.has(personaId as number);
  }

  #namedPersonas(): ReadonlySet<number> {
    const { namespace, named } = this.args;
    const rows = this.statements.rows(NAMED_PERSONAS, namespace, JSON.stringify(named));
    return new Set(rows.map(([id]) => id as number));
  }
}

function allowedBy({ fullTextTable }: RecordSource, excluded: string | null): SqlFragment {
  if (excluded === null) return fragment('');
  const name = fullTextTable.slice(fullTextTable.indexOf('.') + 1);
  return fragment(
    `AND m.id NOT IN (SELECT rowid FROM ${fullTextTable} WHERE ${name} MATCH ?)`,
    excluded,
  );
}

/** What the narrow index holds of a memory, or what is found by its id without the row. */
const RANKING_FIELDS = new Set([
  'section',
  'persona',
  'importance',
  'updatedAt',
  'expiresAt',
  'tags',
] as const);

/**
 * The rows of memories, about 400 bytes each with their values, are spread over ten times as many pages as the narrow index
 * (1,600 matches of 50,000: 6.4 ms become 4.1).
 */
function rankingSource(source: RecordSource): string {
  if (source === OVERLAY_SOURCE) return source.from;
  return source.from.replace(' m\n', ' m INDEXED BY memories_ranking\n');
}
