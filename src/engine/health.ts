import type { HealthCheck, HealthState } from './backends/backend-statistics.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Health } from './figures.ts';

/** From best to worst; the state of the whole is that of its worst check. */
const SEVERITY: readonly HealthState[] = [
  'OK',
  'DEGRADED',
  'RECOVERING',
  'READ_ONLY',
  'QUARANTINE',
  'CLOSED',
];

/** What is known without asking anybody: the backend's checks, failing background jobs, a failing embedder, figures beyond their thresholds, configured but absent servers. */
export function engineHealth(engine: EngineParts): Health {
  const checks = [
    ...engine.backend.health(),
    ...engine.background.checks(),
    ...engine.embeddings.checks(),
    ...engine.performance.checks(),
    ...engine.verification.checks(),
    ...unusedServers(engine),
  ];
  const thresholds = engine.performance.figures();
  const { role } = engine.backend.info;
  if (engine.runner.closed) return { role, state: 'CLOSED', checks, thresholds };
  const worst = checks.reduce((rank, check) => Math.max(rank, SEVERITY.indexOf(check.state)), 0);
  return { role, state: SEVERITY[worst] ?? 'OK', checks, thresholds };
}

/** Servers that are configured although the backend uses none; saying so beats silence. */
function unusedServers({ options, startedAt }: EngineParts): readonly HealthCheck[] {
  if (options.backend === 'hybrid') return [];
  const configured = [
    { name: 'redis', present: options.redisUrl !== null },
    { name: 'chroma', present: options.chromaUrl !== null || options.chromaPath !== null },
  ];
  return configured
    .filter(({ present }) => present)
    .map(({ name }) => ({
      name,
      state: 'DEGRADED',
      latencyMs: null,
      message: `${name} is configured, but the backend ${options.backend} does not use it: set memory.backend to hybrid, or remove the address.`,
      at: startedAt,
    }));
}
