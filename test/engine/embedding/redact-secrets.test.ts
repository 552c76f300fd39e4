import { describe, expect, it } from 'vitest';
import { redactSecrets, secretsIn } from '../../../src/engine/embedding/redact-secrets.ts';

describe('a foreign message', () => {
  it.each<[string, readonly string[], string]>([
    ['key sk-12345 is wrong, sk-12345!', ['sk-12345'], 'key […] is wrong, […]!'],
    ['abcdefgh', ['abcd', 'abcdefgh'], '[…]'],
    ['a b', ['a'], 'a b'],
    ['two\r\nlines\u0000\u001b[31m', [], 'two lines [31m'],
    ['x'.repeat(400), [], `${'x'.repeat(300)}…`],
  ])('%j is shown without secrets, in one short line', (message, secrets, expected) => {
    expect(redactSecrets(message, secrets)).toBe(expected);
  });

  it('has its secrets looked up by the names of keys, at any depth', () => {
    const config = {
      apiKey: 'a',
      model: 'm',
      api_key_env_var: 'v',
      max_tokens: 'w',
      tokenizer: 'x',
      headers: { Authorization: 'b', accept: 'j' },
      auth: [{ clientSecret: 'c' }, { user: 'u', Password: 'd' }],
      token: { value: 'e', size: 3 },
    };
    expect(secretsIn(config).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(secretsIn(null)).toEqual([]);
  });
});
