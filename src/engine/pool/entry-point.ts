import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** From sources (tests, tsx) a worker is TypeScript and needs tsx's loader; from dist it is one CommonJS file (scripts/bundle.mjs). */
export function entryPoint(name: 'worker' | 'maintenance-worker' | 'integrity-worker'): {
  readonly filename: string;
  readonly execArgv: string[];
} {
  const fromSource = import.meta.url.endsWith('.ts');
  return {
    filename: new URL(`./${name}.${fromSource ? 'ts' : 'cjs'}`, import.meta.url).href,
    // By its own address, so that it is found whatever the working directory is.
    execArgv: fromSource
      ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
      : [],
  };
}
