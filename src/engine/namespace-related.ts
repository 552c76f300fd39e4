import type { EmbeddingStatus } from './backends/embedding-reads.ts';
import type { ReadMap } from './backends/read-map.ts';
import type { Scope } from './engine-parts.ts';
import { NotFoundError, ValidationError } from './errors.ts';
import { describe, readInteger, readOneOf } from './field-rules.ts';
import { IssueCollector } from './issue-collector.ts';
import { DEFAULT_RELATED_LIMIT, MAX_LINKS_PER_MEMORY } from './limits.ts';
import type { RelatedBy, RelatedInput, RelatedMemory } from './link-operations.ts';
import { Memory } from './memory.ts';
import { LINK_KINDS, type LinkKind } from './model/link.ts';
import type { Target } from './model/memory-record.ts';
import { readTarget } from './read-target.ts';

/** A checked question for relations. */
export interface RelatedRequest {
  readonly target: Target;
  readonly kinds: readonly LinkKind[];
  readonly direction: ReadMap['links']['args']['direction'];
  readonly limit: number;
}

/** Null when the memory is not visible. */
type FindRelated = (
  scope: Scope,
  request: RelatedRequest,
) => Promise<readonly RelatedMemory[] | null>;

/** Where relations come from. */
const SOURCES: Readonly<Record<RelatedBy, FindRelated>> = {
  LINKS: byLinks,
  SIMILARITY: bySimilarity,
};
const BY: readonly [RelatedBy, ...RelatedBy[]] = ['LINKS', 'SIMILARITY'];
const DIRECTIONS = ['OUTGOING', 'INCOMING'] as const;

export async function related(
  scope: Scope,
  input: RelatedInput,
): Promise<readonly RelatedMemory[]> {
  const issues = new IssueCollector();
  const by = readOneOf(issues, input.by ?? 'LINKS', ['by'], BY);
  if (by !== 'LINKS') refuseLinkTerms(issues, input);
  const request: RelatedRequest = {
    target: readTarget(issues, input.to, ['to']),
    kinds: readKinds(issues, input.kinds ?? LINK_KINDS),
    direction:
      input.direction === undefined || input.direction === null
        ? null
        : readOneOf(issues, input.direction, ['direction'], DIRECTIONS),
    limit: readInteger(
      issues,
      input.first ?? DEFAULT_RELATED_LIMIT,
      ['first'],
      1,
      MAX_LINKS_PER_MEMORY,
    ),
  };
  issues.throwIfAny();
  const found = await SOURCES[by](scope, request);
  if (found !== null) return found;
  throw new NotFoundError('there is no such memory', { data: { ...request.target } });
}

async function byLinks(
  { engine, namespace }: Scope,
  request: RelatedRequest,
): Promise<readonly RelatedMemory[] | null> {
  const now = Date.now();
  const deadline = now + engine.options.operationTimeoutMs;
  const linked = await engine.backend.read('links', { namespace, ...request, now }, { deadline });
  if (linked === null) return null;
  return linked.map(({ record, kind, direction, since }) => ({
    memory: new Memory(record),
    source: 'LINK',
    link: { kind, direction, since: new Date(since) },
    similarity: null,
  }));
}

async function bySimilarity(
  { engine, namespace }: Scope,
  { target, limit }: RelatedRequest,
): Promise<readonly RelatedMemory[] | null> {
  const now = Date.now();
  const deadline = now + engine.options.operationTimeoutMs;
  const found = await engine.backend.read(
    'similar',
    { namespace, target, limit, now },
    { deadline },
  );
  if (found === null) return null;
  if ('status' in found) throw withoutVector(found.status);
  return found.similar.map(({ record, similarity }) => ({
    memory: new Memory(record),
    source: 'SIMILARITY',
    link: null,
    similarity: Math.max(0, similarity),
  }));
}

function withoutVector(status: EmbeddingStatus | null): ValidationError {
  const state = status?.state ?? 'NONE';
  const [reason, remedy] = NO_VECTOR[state === 'READY' ? 'PENDING' : state];
  const detail = status?.error == null ? '' : `: ${status.error}`;
  return new ValidationError(
    [
      {
        path: ['by'],
        message: `SIMILARITY needs the vector of the memory, which ${reason} (${state})${detail}`,
      },
    ],
    { remedy, data: { embedding: state } },
  );
}

const NO_VECTOR = {
  NONE: ['has none: nothing in it can be embedded, or no embedder is configured', undefined],
  PENDING: ['still waits for it', 'Ask again later, or store with awaitIndex.'],
  FAILED: ['could not get one', 'Correct the embedder, then run trinitas reindex.'],
} as const;

function refuseLinkTerms(issues: IssueCollector, { kinds, direction }: RelatedInput): void {
  for (const [name, value] of Object.entries({ kinds, direction }))
    if (value !== undefined && value !== null) issues.add([name], 'is a matter of links alone');
}

function readKinds(issues: IssueCollector, kinds: unknown): readonly LinkKind[] {
  if (!Array.isArray(kinds) || kinds.length === 0) {
    issues.add(['kinds'], `must be a list of at least one kind, not ${describe(kinds)}`);
    return [];
  }
  if (kinds.length > LINK_KINDS.length)
    throw new ValidationError([
      { path: ['kinds'], message: `must hold at most ${LINK_KINDS.length} kinds` },
    ]);
  return kinds.map((kind, index) => readOneOf(issues, kind, ['kinds', String(index)], LINK_KINDS));
}
