import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './built.ts';

/**
 * Test files that use `vi`: they replace code, clocks, modules or the environment, which the next file in the same process would meet. Those
 * that load a module anew are among them.
 */
export function ownProcessFiles(): string[] {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file}`)
    .filter((file) => /\bvi\b.*from 'vitest'/.test(readFileSync(join(ROOT, file), 'utf8')));
}
