import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/engine/context/tokenizer.ts';

describe('the tokenizer', () => {
  it.each([
    ['', 0],
    ['hello world', 2],
    ['The owl of Athena sees at night.', 8],
    ['東京都の天気は晴れです。', 9],
    ['안녕하세요 세계', 3],
    ['👩‍👩‍👧', 8],
  ])('counts %j as %i tokens', async (text, tokens) => {
    const tokenizer = await loadTokenizer();
    expect(tokenizer.name).toBe('o200k_base');
    expect(tokenizer.count(text)).toBe(tokens);
    expect(tokenizer.countWithin(text, tokens)).toBe(tokens);
    if (tokens > 0) expect(tokenizer.countWithin(text, tokens - 1)).toBeNull();
  });

  it('takes control tokens of models for text', async () => {
    const tokenizer = await loadTokenizer();
    expect(tokenizer.count('<|endoftext|>')).toBeGreaterThan(1);
    expect(tokenizer.countWithin('<|endoftext|>', 100)).toBe(tokenizer.count('<|endoftext|>'));
  });
});
