import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExplainedRecallQuery, ExplainedRecallQueryVariables } from '../generated/graphql.ts';
import { LinkMemories } from '../support/link-documents.graphql.ts';
import { ExplainedRecall, SimilarMemories } from '../support/recall-documents.graphql.ts';
import { type ListeningServer, listen } from '../support/shared-server.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { codesOf, request, send } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { StoreMemories } from '../support/write-documents.graphql.ts';

type Edge = NonNullable<ExplainedRecallQuery['recall']>['edges'][number];

const FACTS = [
  { key: 'doctor', value: 'The physician told Maria to rest for a week', persona: 'maria' },
  { key: 'garden', value: 'Tomatoes and beans grow behind the house', importance: 1 },
  { key: 'car', value: 'The old car needs new tires before the winter' },
  { key: 'song', value: 'She sang a quiet song about the sea at night', importance: 0 },
  { key: 'trip', value: 'We travelled by train to the mountains in spring' },
  { key: 'old-trip', value: 'We travelled by bus to the mountains in spring' },
];

describe('recall by words and meaning over HTTP', () => {
  let server: ListeningServer;
  let url: string;
  const recall = async (
    variables: ExplainedRecallQueryVariables,
  ): Promise<NonNullable<ExplainedRecallQuery['recall']>> => {
    const { recall: result } = await request(url, ExplainedRecall, variables);
    if (result == null) throw new Error('recall answered nothing');
    return result;
  };
  beforeAll(async () => {
    server = await listen();
    url = server.url;
    await request(url, StoreMemories, { input: { items: FACTS } });
    await request(url, LinkMemories, {
      input: { from: { key: 'trip' }, to: { key: 'old-trip' }, kind: 'SUPERSEDES' },
    });
  });
  afterAll(() => server.stop());

  it.each([
    { query: 'which doctor did Maria see' },
    { query: 'mountains in spring', weights: { text: 3, semantic: 1 } },
    { query: 'new tires for the car', mode: 'TEXT' as const },
    { query: 'music', mode: 'SEMANTIC' as const, weights: { text: 9 } },
  ])('explains every score of %j down to its parts', async (variables) => {
    const { edges, servedMode, degraded } = await recall(variables);
    expect(edges.length).toBeGreaterThan(0);
    expect(degraded).toBe(false);
    expect(servedMode).toBe(variables.mode ?? 'HYBRID');
    for (const { score, explanation } of edges) {
      expect(explanation.final).toBe(score);
      expect(multipliedOut(explanation)).toBeCloseTo(score, 10);
      expect(explanation.importanceFactor).toBeGreaterThanOrEqual(0.9);
      expect(explanation.importanceFactor).toBeLessThanOrEqual(1.1);
      expect(explanation.recencyFactor).toBeCloseTo(1.05, 3);
    }
    expect(edges.map(({ score }) => score)).toEqual(
      edges.map(({ score }) => score).sort((left, right) => right - left),
    );
    expectNormalisedText(edges);
    expectNormalisedMeaning(edges);
  });

  it('finds by meaning what shares no word with the query', async () => {
    const { edges } = await recall({ query: 'vegetables', mode: 'SEMANTIC', first: 1 });
    expect(edges[0]?.node.key).toBe('garden');
    expect(edges[0]?.explanation).toMatchObject({
      text: null,
      semantic: { rank: 1, normalised: 1, model: expect.stringMatching(/^static\//) },
      weights: { text: 0, semantic: 1 },
      nameBoost: 0,
      importanceFactor: 1.1,
    });
  });

  it('takes the weights that are asked for and gives the share of an arm that is silent to nobody', async () => {
    const query = 'a physician for Maria in the mountains';
    const byText = await recall({ query, weights: { text: 1, semantic: 0 } });
    for (const { explanation } of byText.edges)
      expect(explanation.weights).toEqual({ text: 1, semantic: 0 });
    const bySense = await recall({ query, weights: { semantic: 4 } });
    expect(bySense.edges[0]?.explanation.weights).toEqual({ text: 0.5, semantic: 4 });
    const named = bySense.edges.find(({ node }) => node.key === 'doctor');
    expect(named?.explanation.nameBoost).toBe(0.3);
    expect(named?.explanation.terms).toEqual(['physician', 'mountains']);
  });

  it('leaves superseded memories out unless they are asked for', async () => {
    const keysOf = async (includeSuperseded: boolean): Promise<readonly string[]> =>
      (await recall({ query: 'travelled to the mountains', includeSuperseded })).edges.map(
        ({ node }) => node.key,
      );
    expect(await keysOf(false)).not.toContain('old-trip');
    expect((await keysOf(true)).slice(0, 2).sort()).toEqual(['old-trip', 'trip']);
  });

  it('scores no more candidates than are asked for, and as many as hits are', async () => {
    const narrow = { query: 'mountains', mode: 'SEMANTIC' as const, candidates: { semantic: 1 } };
    expect((await recall({ ...narrow, first: 1 })).edges).toHaveLength(1);
    expect((await recall({ ...narrow, first: 3 })).edges).toHaveLength(3);
  });

  it.each([
    [{ weights: { text: 0, semantic: 0 } }, ['weights']],
    [{ weights: { text: -1 } }, ['weights', 'text']],
    [{ candidates: { text: 0 } }, ['candidates', 'text']],
    [{ candidates: { semantic: 1001 } }, ['candidates', 'semantic']],
    [{ minScore: -0.1 }, ['minScore']],
    [{ first: 101 }, ['limit']],
  ])('refuses %j', async (wrong, path) => {
    const answer = await send(url, ExplainedRecall, { query: 'x', ...wrong });
    expect(answer.data).toEqual({ recall: null });
    expect(codesOf(answer)).toEqual(['VALIDATION']);
    expect(answer.errors[0]?.message).toContain(path.join('.'));
  });

  it('tells similar memories, the most similar first, without the memory itself and superseded ones', async () => {
    const { memory } = await request(url, SimilarMemories, { key: 'old-trip' });
    const similar = memory?.related ?? [];
    expect(similar.map((one) => one.memory.key).sort()).toEqual(
      ['car', 'doctor', 'garden', 'song', 'trip'].sort(),
    );
    expect(similar[0]).toMatchObject({
      source: 'SIMILARITY',
      kind: null,
      direction: null,
      since: null,
      memory: { key: 'trip' },
    });
    const scores = similar.map(({ similarity }) => similarity ?? -1);
    expect(scores).toEqual([...scores].sort((left, right) => right - left));
    expect(scores[0]).toBeGreaterThan(0.6);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
    const two = await request(url, SimilarMemories, { key: 'trip', first: 2 });
    expect(two.memory?.related).toHaveLength(2);
    expect(two.memory?.related.map((one) => one.memory.key)).not.toContain('old-trip');
  });

  it('refuses to look for similar memories by kinds of links, without a vector, and in a transaction', async () => {
    const byKind = await send(url, SimilarMemories, { key: 'trip', kinds: ['RELATES'] });
    expect(codesOf(byKind)).toEqual(['VALIDATION']);
    expect(byKind.errors[0]?.message).toMatch(/^kinds: is a matter of links/);
    await request(url, StoreMemories, { input: { items: [{ key: '1', value: null }] } });
    const without = await send(url, SimilarMemories, { key: '1' });
    expect(codesOf(without)).toEqual(['VALIDATION']);
    expect(without.errors[0]?.message).toMatch(/needs the vector of the memory.*\(NONE\)/);
    const transaction = await TransactionClient.begin(url);
    const inside = await transaction.send(SimilarMemories, { key: 'trip' });
    expect(codesOf(inside)).toEqual(['TRANSACTION_STATE']);
  });
});

describe('recall without an embedder', () => {
  it('is by text; only a search by meaning alone is degraded', async () => {
    const { url } = await startTestServer({ memory: { embedder: { provider: 'none' } } });
    await request(url, StoreMemories, { input: { items: FACTS } });
    const hybrid = await request(url, ExplainedRecall, { query: 'mountains' });
    expect(hybrid.recall).toMatchObject({
      servedMode: 'TEXT',
      degraded: false,
      degradedReason: null,
    });
    expect(hybrid.recall?.edges).toHaveLength(2);
    const semantic = await request(url, ExplainedRecall, { query: 'mountains', mode: 'SEMANTIC' });
    expect(semantic.recall).toMatchObject({
      servedMode: 'TEXT',
      degraded: true,
      degradedReason: 'no embedder is configured',
    });
    expect(semantic.recall?.edges[0]?.explanation.semantic).toBeNull();
  });
});

/** The formula of the description of ScoreExplanation. */
function multipliedOut({ text, semantic, weights, ...rest }: Edge['explanation']): number {
  const arms =
    (weights.text * (text?.normalised ?? 0) + weights.semantic * (semantic?.normalised ?? 0)) /
    (weights.text + weights.semantic);
  return (arms + rest.nameBoost) * rest.importanceFactor * rest.recencyFactor;
}

/** All candidates are hits here, so the best of them is among the edges. */
function expectNormalisedText(edges: readonly Edge[]): void {
  const found = edges.flatMap(({ explanation: { text } }) => (text === null ? [] : [text]));
  const totals = found.map(({ bm25, context, coverage }) => (bm25 + context) * Math.sqrt(coverage));
  for (const [index, text] of found.entries()) {
    expect(text.normalised).toBeCloseTo((totals[index] ?? 0) / Math.max(...totals), 10);
    expect(text.coverage).toBeGreaterThan(0);
    expect(text.coverage).toBeLessThanOrEqual(1);
  }
  expectRanks(found);
}

function expectNormalisedMeaning(edges: readonly Edge[]): void {
  const found = edges.flatMap(({ explanation: { semantic } }) =>
    semantic === null ? [] : [semantic],
  );
  const best = Math.max(...found.map(({ similarity }) => similarity));
  for (const { similarity, background, distance, normalised } of found) {
    expect(distance).toBeCloseTo(1 - similarity, 10);
    const share = (similarity - background) / (best - background);
    expect(normalised).toBeCloseTo(Math.max(0, share), 10);
  }
  expectRanks(found);
}

function expectRanks(
  found: readonly { readonly rank: number; readonly normalised: number }[],
): void {
  const byRank = [...found].sort((left, right) => left.rank - right.rank);
  expect(byRank.map(({ rank }) => rank)).toEqual(found.map((_, index) => index + 1));
  const scores = byRank.map(({ normalised }) => normalised);
  expect(scores).toEqual([...scores].sort((left, right) => right - left));
}
