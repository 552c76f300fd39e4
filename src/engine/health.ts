import type { HealthCheck, HealthState } from './backends/backend-statistics.ts';
import type { EngineParts } from './engine-parts.ts';

/** From best to worst; the state of the whole is that of its worst check. */
const SEVERITY: readonly HealthState[] = [
  'OK',
  'DEGRADED',
  'RECOVERING',
  'READ_ONLY',
  'QUARANTINE',
  'CLOSED',
];

export interface Health {
  readonly state: HealthState;
  readonly checks: readonly HealthCheck[];
}

/** What is known without asking anybody: the backend's checks, failing background jobs, a failing embedder, configured but absent servers. */
export function engineHealth(engine: EngineParts): Health {
  const checks = [
    ...engine.backend.health(),
    ...engine.jobs.checks(),
    ...engine.embeddings.checks(),
    ...unusedServers(engine),
  ];
  if (engine.runner.closed) return { state: 'CLOSED', checks };
  const worst = checks.reduce((rank, check) => Math.max(rank, SEVERITY.indexOf(check.state)), 0);
  return { state: SEVERITY[worst] ?? 'OK', checks };
}

/** Redis and Chroma may be configured already; saying that nothing uses them beats silence. */
function unusedServers({ options, startedAt }: EngineParts): readonly HealthCheck[] {
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
      message: `${name} is configured, but this release does not connect to it yet; SQLite serves everything.`,
      at: startedAt,
    }));
}
