import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './built.ts';

/**
 * Test files that get a process of their own: those with `vi`, which replace code, clocks, modules or the environment. The next file in the
 * same process would meet that.
 */
export function ownProcessFiles(): string[] {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file}`)
    .filter((file) => /\bvi\.\w/.test(readFileSync(join(ROOT, file), 'utf8')));
}
