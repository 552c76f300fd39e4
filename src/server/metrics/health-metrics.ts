import type { HealthState } from '../../engine/index.ts';
import type { Figures, Metric } from './metric.ts';

const STATES: readonly HealthState[] = [
  'OK',
  'DEGRADED',
  'RECOVERING',
  'READ_ONLY',
  'QUARANTINE',
  'CLOSED',
];

/** Known without asking anybody, so these are there whatever happens to the engine. */
export const HEALTH_METRICS: readonly Metric[] = [
  {
    kind: 'gauge',
    name: 'trinitas_scrape_complete',
    help: '1 when the engine answered this scrape; 0 when only its health is known.',
    labels: [],
    read: ({ engine }) => [[{}, engine === null ? 0 : 1]],
  },
  {
    kind: 'gauge',
    name: 'trinitas_health_state',
    help: '1 for the state the engine is in, 0 for every other.',
    labels: ['state'],
    read: ({ health }) => STATES.map((state) => [{ state }, state === health.state ? 1 : 0]),
  },
  {
    kind: 'gauge',
    name: 'trinitas_health_check_ok',
    help: '1 while the named part of the engine is well, 0 while it is not.',
    labels: ['check'],
    read: ({ health }: Figures) =>
      health.checks.map(({ name, state }) => [{ check: name }, state === 'OK' ? 1 : 0]),
  },
];
