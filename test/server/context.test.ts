import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PackedContext } from '../support/context-documents.graphql.ts';
import { type ListeningServer, listen } from '../support/shared-server.ts';
import { codesOf, expectType, request, send } from '../support/test-client.ts';
import { StoreMemories } from '../support/write-documents.graphql.ts';

const ASKED = { persona: 'athena', task: 'how do owls hunt at night' };

describe('packed contexts over HTTP', () => {
  let server: ListeningServer;
  let url: string;
  beforeAll(async () => {
    server = await listen();
    url = server.url;
    const { storeMemories } = await request(url, StoreMemories, {
      input: {
        items: [
          { key: 'hearing', value: 'Owls hunt by hearing at night', section: 'SEMANTIC_MEMORY' },
          { key: 'echo', value: 'owls hunt by hearing at NIGHT', section: 'SEMANTIC_MEMORY' },
          {
            key: 'long',
            value: `owls ${'hunt again and again '.repeat(400)}`,
            section: 'SEMANTIC_MEMORY',
          },
          { key: 'plan', value: 'Watch the owls until midnight', persona: 'athena' },
        ],
      },
    });
    expectType(storeMemories, 'StoreMemoriesPayload');
  });
  afterAll(() => server.stop());

  it('packs within the budget and tells what it left out', async () => {
    const { context } = await request(url, PackedContext, { ...ASKED, budgetTokens: 120 });
    const packed = context?.packed;
    expect(packed).toMatchObject({ budgetTokens: 120, tokenizer: 'o200k_base' });
    expect(packed?.tokens).toBeGreaterThan(20);
    expect(packed?.tokens).toBeLessThanOrEqual(120);
    const lines = packed?.text.split('\n').filter((line) => line.startsWith('[')) ?? [];
    expect(lines).toHaveLength(packed?.items.length ?? -1);
    for (const [index, item] of (packed?.items ?? []).entries()) {
      expect(lines[index]).toMatch(
        new RegExp(`^\\[${item.citation}\\] \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\dZ `),
      );
      expect(item.memory.key).toBe(item.key);
      expect(item.relevance).toBeGreaterThan(0);
      expect(item.truncated).toBe(false);
    }
    expect(packed?.items.map(({ key }) => key)).toContain('plan');
    const reasons = packed?.omitted.map(({ key, reason }) => `${key} ${reason}`) ?? [];
    expect(reasons).toContain('long BUDGET');
    expect(reasons.filter((reason) => reason.endsWith(' DUPLICATE'))).toHaveLength(1);
    const repeated = packed?.omitted.find(({ reason }) => reason === 'DUPLICATE');
    expect([repeated?.key, repeated?.of].toSorted()).toEqual(['echo', 'hearing']);
  });

  it('is null without a budget', async () => {
    for (const budgetTokens of [undefined, null]) {
      const { context } = await request(url, PackedContext, { ...ASKED, budgetTokens });
      expect(context?.packed).toBeNull();
      expect(context?.working.map(({ node }) => node.key)).toContain('plan');
    }
  });

  it('refuses a budget that is none, and names the argument', async () => {
    for (const budgetTokens of [0, -5, 200_001]) {
      const answer = await send(url, PackedContext, { ...ASKED, budgetTokens });
      expect(codesOf(answer), String(budgetTokens)).toEqual(['VALIDATION']);
      expect(JSON.stringify(answer.errors)).toContain('budgetTokens');
    }
  });
});
