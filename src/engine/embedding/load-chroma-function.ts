import {
  type ChromaEmbeddingFunction,
  isChromaEmbeddingFunction,
} from './chroma-embedding-function.ts';
import { type ChromaConfig, isPath } from './embedder-config.ts';
import { embedderError } from './embedder-error.ts';
import { redactSecrets, secretsIn } from './redact-secrets.ts';
import { resolvePackage } from './resolve-package.ts';

type Constructor = new (config: unknown) => unknown;

/**
 * Imports the package and makes its embedding function. Rejects with ParticipantUnavailableError, reason MISSING and not
 * retryable, when the package or class is not there, or does not take the configuration.
 */
export async function loadChromaFunction(
  config: ChromaConfig,
  model: string,
  directory: string,
): Promise<ChromaEmbeddingFunction> {
  const fail = (message: string, remedy?: string) =>
    embedderError(model, 'MISSING', message, { remedy });
  const quote = (error: unknown): string =>
    redactSecrets(error instanceof Error ? error.message : String(error), secretsIn(config.config));
  let namespace: Readonly<Record<string, unknown>> | null;
  try {
    const address = resolvePackage(config.package, directory);
    namespace = address === null ? null : ((await import(address)) as typeof namespace);
  } catch (error) {
    throw fail(`the package could not be loaded: ${quote(error)}`);
  }
  if (namespace === null)
    throw isPath(config.package)
      ? fail('there is no module at this path', 'Correct memory.embedder.package.')
      : fail('the package is not installed', `npm install ${config.package}`);
  const Class = findClass(namespace, config.export);
  if (typeof Class === 'string') throw fail(Class, 'Set memory.embedder.export to a class.');
  let made: unknown;
  try {
    made = new Class(config.config);
  } catch (error) {
    throw fail(`its class refused memory.embedder.config: ${quote(error)}`);
  }
  if (!isChromaEmbeddingFunction(made))
    throw fail('its class has no method `generate`', 'Set memory.embedder.export to a class.');
  return made;
}

/** The class, or what is wrong. */
function findClass(
  namespace: Readonly<Record<string, unknown>>,
  wanted: string | undefined,
): Constructor | string {
  const fallback = namespace['default'];
  // A CommonJS package whose names Node cannot see has them all on `default`.
  const inside = typeof fallback === 'object' && fallback !== null ? fallback : {};
  const classes = Object.entries({ ...inside, ...namespace }).filter(
    (entry): entry is [string, Constructor] => typeof entry[1] === 'function',
  );
  const matching = classes.filter(([name]) =>
    wanted === undefined ? name.endsWith('EmbeddingFunction') : name === wanted,
  );
  const [first] = matching;
  if (first !== undefined && matching.length === 1) return first[1];
  const found = matching.length === 0 ? classes : matching;
  const names = found.map(([name]) => name).join(', ') || 'none';
  if (wanted !== undefined) return `the package exports no class ${wanted}; there are: ${names}`;
  return first === undefined
    ? `the package exports no class whose name ends with EmbeddingFunction; there are: ${names}`
    : `the package exports several embedding functions: ${names}`;
}
