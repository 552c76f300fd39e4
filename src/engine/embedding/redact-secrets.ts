/** Room for one sentence of a foreign error. */
const MAX_MESSAGE_LENGTH = 300;
/** Shorter values would blank out ordinary words. */
const MIN_SECRET_LENGTH = 4;

/** A foreign message fit for errors and logs: one line, cut, and without the given values (keys, texts of memories). */
export function redactSecrets(message: string, secrets: readonly string[]): string {
  // Longest first, so that a value inside another leaves no remainder.
  const values = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .toSorted((a, b) => b.length - a.length);
  const clean = values.reduce((text, value) => text.replaceAll(value, '[…]'), message);
  const line = clean.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line;
}

/** Keys whose values are secrets, in any spelling: apiKey, auth_token, clientSecret; not max_tokens, tokenizer, api_key_env. */
export function isSecretKey(key: string): boolean {
  return /keys?$|token$|secret|password|credential|authorization/i.test(key);
}

/** Every string below a key that names a secret. */
export function secretsIn(value: unknown, isSecret = false): readonly string[] {
  if (typeof value === 'string') return isSecret ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    secretsIn(inner, isSecret || isSecretKey(key)),
  );
}
