import type { BenchCategory, BenchContext, Measurement } from './category.ts';
import { type Internals, loadInternals } from './engine-internals.ts';
import { openExactWay } from './exact-way.ts';
import { findCell, Measurements } from './measurements.ts';
import { blockResult, median } from './samples.ts';
import { openShippedWays } from './shipped-ways.ts';
import { openSqliteVecWays } from './sqlite-vec-ways.ts';
import { formatNumber, type Table } from './table.ts';
import { measureTableMemory } from './table-memory.ts';
import { generatedTexts, type TextSource, textsOfFile } from './vector-texts.ts';
import { NEAREST, type VectorItem, type VectorWay } from './vector-way.ts';

/** Vectors of one commit, the largest group that the engine commits. */
const GROUP = 256;
/** What the embedder's table is measured as; it is no way of searching. */
const TABLE_MEMORY = 'static table';

/** Speed, size and quality of ways to find the nearest vectors; the way that compares all float32 numbers says what is right. */
export const vectorCategory: BenchCategory = {
  name: 'vectors',
  run: (context) => context.withDirectory((directory) => runIn(context, directory)),

  tables(measurements) {
    const sizes = new Set(measurements.flatMap(({ parameters }) => parameters['vectors'] ?? []));
    return [...sizes].map((size) => tableOf(measurements, Number(size)));
  },
};

async function runIn(context: BenchContext, directory: string): Promise<readonly Measurement[]> {
  const internals = await loadInternals(context.engineUrl);
  const measurements = new Measurements('vectors');
  measurements.state(TABLE_MEMORY, {}, { ...measureTableMemory(context.engineUrl) });
  const texts =
    context.textsPath === null
      ? generatedTexts(context.seed)
      : textsOfFile(context.textsPath, context.seed);
  context.progress(`vectors: ${texts.description}`);
  const vectors = new VectorStream(texts, internals);
  const ways = await openWays(context, directory, vectors.dimension, internals);
  try {
    for (const size of sizesFor(context, texts)) {
      context.progress(`vectors: filling up to ${size}`);
      fill(ways, vectors, size, measurements);
      for (const way of ways) way.settle();
      for (const way of ways)
        measurements.state(way.name, { vectors: size }, { bytesPerVector: way.bytes() / size });
      measureSearches(context, ways, vectors, size, measurements);
    }
  } finally {
    for (const way of ways) way.close();
  }
  return measurements.finish();
}

/** The exact way comes first. */
async function openWays(
  context: BenchContext,
  directory: string,
  dimension: number,
  internals: Internals,
): Promise<readonly VectorWay[]> {
  const opened = [openExactWay(directory), ...openShippedWays(directory, internals)];
  const compared = await openSqliteVecWays(directory, dimension, internals, (reason) =>
    context.progress(`vectors: sqlite-vec is left out: ${reason}`),
  );
  return [...opened, ...compared];
}

/** Sizes that the texts suffice for; Error when they suffice for none. */
function sizesFor({ plan, progress }: BenchContext, { available }: TextSource): readonly number[] {
  const sizes = plan.vectorSizes.filter((size) => size <= available);
  if (sizes.length === 0) throw new Error(`${available} texts are too few to measure anything`);
  if (sizes.length < plan.vectorSizes.length)
    progress(`vectors: larger sizes are left out, there are ${available} texts`);
  return sizes;
}

/** Group by group, in all ways one after another. */
function fill(
  ways: readonly VectorWay[],
  vectors: VectorStream,
  size: number,
  measurements: Measurements,
): void {
  const perInsert = new Map(ways.map((way) => [way, [] as number[]]));
  while (vectors.count < size) {
    const group = vectors.take(Math.min(GROUP, size - vectors.count));
    for (const way of ways) perInsert.get(way)?.push(way.insert(group) / group.length);
  }
  for (const [{ name }, microseconds] of perInsert)
    measurements.state(name, { vectors: size }, { microsecondsPerInsert: median(microseconds) });
}

/** Each round has queries of its own; another way begins each round. */
function measureSearches(
  { plan, progress }: BenchContext,
  ways: readonly VectorWay[],
  vectors: VectorStream,
  size: number,
  measurements: Measurements,
): void {
  const found = new Map(ways.map((way) => [way, [] as number[]]));
  for (let round = 0; round < plan.rounds; round += 1) {
    progress(`vectors: ${size}, round ${round + 1}/${plan.rounds}`);
    const queries = vectors.queries(plan.searchesPerWay);
    const results = new Map<VectorWay, readonly (readonly number[])[]>();
    for (const [index] of ways.entries()) {
      const way = ways[(index + round) % ways.length];
      if (way !== undefined) results.set(way, searchEach(way, queries, size, measurements));
    }
    const right = ways[0] === undefined ? [] : (results.get(ways[0]) ?? []);
    for (const [way, lists] of results)
      found.get(way)?.push(...lists.map((list, index) => shareOf(right[index] ?? [], list)));
  }
  for (const [{ name }, shares] of found) {
    const recall = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    measurements.state(name, { vectors: size }, { recall });
  }
}

/** The first query is searched once more before, to warm up. */
function searchEach(
  way: VectorWay,
  queries: readonly Float32Array[],
  size: number,
  measurements: Measurements,
): readonly (readonly number[])[] {
  for (const query of queries.slice(0, 1)) way.search(query);
  const durations: number[] = [];
  const lists = queries.map((query) => {
    const calledAt = performance.now();
    const list = way.search(query);
    durations.push(performance.now() - calledAt);
    return list;
  });
  const seconds = durations.reduce((sum, duration) => sum + duration, 0) / 1000;
  measurements.add(way.name, { vectors: size }, blockResult(durations, seconds));
  return lists;
}

/** Share of the right ones that were found among as many. */
export function shareOf(right: readonly number[], found: readonly number[]): number {
  const known = new Set(found.slice(0, right.length));
  return right.filter((id) => known.has(id)).length / right.length;
}

/** Vectors of the texts by the real table; a text without a vector is passed over. */
class VectorStream {
  readonly #texts: TextSource;
  readonly #embedder: InstanceType<Internals['StaticEmbedder']>;
  count = 0;

  constructor(texts: TextSource, { loadStaticTable, StaticEmbedder }: Internals) {
    this.#texts = texts;
    this.#embedder = new StaticEmbedder(loadStaticTable());
  }

  get dimension(): number {
    return this.#embedder.dimension;
  }

  take(count: number): readonly VectorItem[] {
    return Array.from({ length: count }, () => {
      this.count += 1;
      return { id: this.count, vector: this.#embed(() => this.#texts.next()) };
    });
  }

  queries(count: number): readonly Float32Array[] {
    return Array.from({ length: count }, () => this.#embed(() => this.#texts.nextQuery()));
  }

  #embed(next: () => string): Float32Array {
    for (;;) {
      const vector = this.#embedder.embedText(next());
      if (vector !== null) return vector;
    }
  }
}

function tableOf(measurements: readonly Measurement[], vectors: number): Table {
  const cells = measurements.filter(({ parameters }) => parameters['vectors'] === vectors);
  return {
    title: `The ${NEAREST} nearest of ${vectors.toLocaleString('en-US')} vectors`,
    columns: ['way', 'p50 ms', 'p95 ms', `recall@${NEAREST}`, 'µs per insert', 'bytes per vector'],
    rows: cells.map(({ contender, median: { p50, p95 }, figures }) => [
      contender,
      formatNumber(p50),
      formatNumber(p95),
      `${(100 * (figures['recall'] ?? Number.NaN)).toFixed(1)} %`,
      formatNumber(figures['microsecondsPerInsert'] ?? Number.NaN),
      formatNumber(figures['bytesPerVector'] ?? Number.NaN),
    ]),
    notes: [notesOf(measurements, cells)],
  };
}

function notesOf(measurements: readonly Measurement[], cells: readonly Measurement[]): string {
  const { figures } = findCell(measurements, TABLE_MEMORY, {});
  const megabytes = (figures['residentBytes'] ?? Number.NaN) / 1e6;
  return [
    'Vectors of the static table; recall against the first row; inserts in commits of 256.',
    'As shipped: the whole read of a semantic recall with ranking and records.',
    ...(cells.some(({ contender }) => contender.startsWith('sqlite-vec'))
      ? []
      : ['sqlite-vec is not installed, so its rows are left out.']),
    `The table itself occupies ${formatNumber(megabytes)} MB of resident memory, once for each process, and is loaded in ${formatNumber(figures['loadMs'] ?? Number.NaN)} ms.`,
  ].join(' ');
}
