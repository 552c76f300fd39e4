import type { Metric } from './metric.ts';

/** Known without the engine. */
export const REQUEST_METRICS: readonly Metric[] = [
  {
    kind: 'gauge',
    name: 'trinitas_http_requests_waiting',
    help: 'GraphQL requests over HTTP that were accepted and have not begun.',
    labels: [],
    read: ({ requests }) => [[{}, requests.waiting]],
  },
  {
    kind: 'counter',
    name: 'trinitas_http_requests_refused_total',
    help: 'GraphQL requests over HTTP that were refused with 503 before they were read, because they would have waited too long.',
    labels: [],
    read: ({ requests }) => [[{}, requests.refused]],
  },
];
