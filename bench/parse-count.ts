import { InvalidArgumentError } from 'commander';

/** For options that count something. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError('must be a whole number, 1 or more.');
  return count;
}
