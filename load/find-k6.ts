import { spawnSync } from 'node:child_process';

/** A k6 that runs; `version` is what it says of itself. */
export interface FoundK6 {
  readonly command: string;
  readonly version: string;
}

export const HOW_TO_GET_K6 = `k6 was not found. Get it in one of these ways, or name it with K6=/path/to/k6:
  https://grafana.com/docs/k6/latest/set-up/install-k6/   (packages for every system)
  GOBIN=$PWD/.cache go install go.k6.io/k6@latest          (with Go at hand)
Without k6: npm run load:mixed`;

/** The command that `K6` names, else `k6` of the PATH; null when there is none that runs. */
export function findK6(environment: NodeJS.ProcessEnv): FoundK6 | null {
  const command = environment['K6'] ?? 'k6';
  const { status, stdout } = spawnSync(command, ['version'], {
    encoding: 'utf8',
    env: environment,
  });
  return status === 0 ? { command, version: stdout.trim() } : null;
}
