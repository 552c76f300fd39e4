import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './built.ts';

/**
 * Test files that get a process of their own. Those with `vi` replace code, clocks, modules or the environment, which the next file in the
 * same process would meet; those that end threads like a crash may leave some behind, which that process would have to carry.
 */
export function ownProcessFiles(): string[] {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file}`)
    .filter((file) => /\bvi\.\w|\bcrash\(/.test(readFileSync(join(ROOT, file), 'utf8')));
}
