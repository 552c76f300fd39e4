import type { Options, Scenario, Threshold } from 'k6/options';

/*
 * Length, users and thresholds of every scenario in one place. K6_SCALE shortens or lengthens all of them (0.1 = a
 * tenth), K6_USERS and K6_RATE replace the numbers of users and of calls a second.
 *
 * The latencies are for a machine of two cores that runs the server and k6 at once; a server on its own stays far below. They
 * are there to notice what grew by a multiple, not to rank machines.
 */

export type ScenarioName =
  | 'smoke'
  | 'read'
  | 'write'
  | 'mixed'
  | 'transactions'
  | 'subscribe'
  | 'spike'
  | 'soak';

const SCALE = Number(__ENV['K6_SCALE'] ?? 1);
/** Shorter phases measure nothing. */
const MIN_SECONDS = 3;

const seconds = (full: number): number => Math.max(MIN_SECONDS, Math.round(full * SCALE));
const users = (count: number): number => Number(__ENV['K6_USERS'] ?? count);
const rate = (perSecond: number): number => Number(__ENV['K6_RATE'] ?? perSecond);

/** Lengths in seconds that scenarios need to know themselves. */
export const SUBSCRIBE_SECONDS = seconds(30);
export const SPIKE_SECONDS = { before: seconds(20), peak: seconds(30), after: seconds(20) };

/** All users call without a pause, for so many seconds. */
function closed(exec: string, count: number, full: number): Scenario {
  return { executor: 'constant-vus', exec, vus: users(count), duration: `${seconds(full)}s` };
}

/** So many calls a second arrive whether or not the earlier ones are answered. */
function open(exec: string, perSecond: number, length: number, startTime = 0): Scenario {
  return {
    executor: 'constant-arrival-rate',
    exec,
    rate: perSecond,
    timeUnit: '1s',
    duration: `${length}s`,
    startTime: `${startTime}s`,
    // There from the start: a user who is made only when he is needed makes a peak a slope.
    preAllocatedVUs: Math.max(10, perSecond),
    maxVUs: Math.max(50, perSecond * 2),
  };
}

/** Upper bounds in ms of the operations' p95, and that hardly anything fails. */
function bounds(p95: Readonly<Record<string, number>>): Record<string, Threshold[]> {
  const operations = Object.entries(p95).flatMap(([operation, ms]) => [
    [`http_req_duration{operation:${operation}}`, [`p(95)<${ms}`]],
    // Always true: it makes k6 count the calls by operation.
    [`http_reqs{operation:${operation}}`, ['count>=0']],
  ]);
  return {
    checks: ['rate>0.999'],
    graphql_failures: ['rate<0.001'],
    ...Object.fromEntries(operations),
  };
}

const SCENARIOS: Readonly<Record<ScenarioName, Pick<Options, 'scenarios' | 'thresholds'>>> = {
  /** Every operation a few times: is it there, and right? */
  smoke: {
    scenarios: {
      smoke: { executor: 'shared-iterations', exec: 'run', vus: 1, iterations: 10 },
    },
    thresholds: bounds({
      store: 2_000,
      get: 2_000,
      list: 2_000,
      recall: 2_000,
      context: 2_000,
      transact: 2_000,
    }),
  },
  read: {
    scenarios: { read: closed('run', 16, 30) },
    thresholds: bounds({ get: 500, list: 750, recall: 1_500 }),
  },
  write: {
    scenarios: { write: closed('run', 32, 30) },
    thresholds: bounds({ store: 750, update: 750, increment: 750 }),
  },
  /** An agent's day: 70 % recall, 20 % store, 10 % context. */
  mixed: {
    scenarios: { mixed: closed('run', 16, 60) },
    thresholds: bounds({ recall: 1_500, store: 750, context: 2_500 }),
  },
  /** Conflicts are the point: a third of the commits may lose, and whoever loses must know. */
  transactions: {
    scenarios: { transactions: closed('run', 16, 30) },
    thresholds: {
      ...bounds({ transact: 750, begin: 750, commit: 750 }),
      graphql_failures: ['rate<0.34'],
      money_lost: ['count==0'],
    },
  },
  subscribe: {
    scenarios: {
      subscribers: {
        executor: 'per-vu-iterations',
        exec: 'listen',
        vus: users(50),
        iterations: 1,
        maxDuration: `${SUBSCRIBE_SECONDS + 60}s`,
      },
      writer: {
        executor: 'constant-arrival-rate',
        exec: 'write',
        rate: rate(20),
        timeUnit: '1s',
        duration: `${SUBSCRIBE_SECONDS}s`,
        preAllocatedVUs: 1,
        // One alone, so that the order of the stores is known.
        maxVUs: 1,
      },
    },
    thresholds: {
      checks: ['rate>0.999'],
      change_delay: ['p(95)<1000'],
      changes_out_of_order: ['count==0'],
      changes_received: ['count>0'],
      'http_req_duration{operation:store}': ['p(95)<750'],
      'http_reqs{operation:store}': ['count>=0'],
    },
  },
  /**
   * Ten times the load at once, then the old one. Of the peak the reads may be refused, at once, while whoever is let in is answered
   * soon and stores go on; what comes after must be as before.
   */
  spike: {
    scenarios: {
      before: open('run', rate(20), SPIKE_SECONDS.before),
      peak: open('run', rate(20) * 10, SPIKE_SECONDS.peak, SPIKE_SECONDS.before),
      after: open(
        'run',
        rate(20),
        SPIKE_SECONDS.after,
        // The peak may take its time to drain.
        SPIKE_SECONDS.before + SPIKE_SECONDS.peak + 10,
      ),
    },
    thresholds: {
      checks: ['rate>0.999'],
      'graphql_failures{scenario:before}': ['rate<0.001'],
      'graphql_failures{scenario:after}': ['rate<0.001'],
      'http_req_duration{scenario:before}': ['p(95)<1500'],
      'http_req_duration{scenario:peak}': ['p(95)<2000'],
      'http_req_duration{scenario:after}': ['p(95)<1500'],
      'http_reqs{scenario:before}': ['count>0'],
      'http_reqs{scenario:peak}': ['count>0'],
      'http_reqs{scenario:after}': ['count>0'],
      'graphql_accepted_duration{scenario:peak}': ['p(95)<2000'],
      'graphql_refused_duration{scenario:peak}': ['p(95)<500'],
      'graphql_refused{scenario:peak}': ['rate<0.8'],
      'graphql_accepted_duration{scenario:peak,operation:store}': ['p(95)<750'],
      'graphql_refused{scenario:peak,operation:store}': ['rate==0'],
    },
  },
  /** The mixed load for long, at a rate the machine carries easily: nothing may grow, fail or slow down. */
  soak: {
    scenarios: { soak: open('run', rate(20), seconds(1_800)) },
    thresholds: {
      ...bounds({ recall: 1_500, store: 750, context: 2_500 }),
      resident_growth: ['value<1'],
    },
  },
};

export function optionsOf(name: ScenarioName): Options {
  return {
    ...SCENARIOS[name],
    setupTimeout: '120s',
    teardownTimeout: '300s',
    summaryTrendStats: ['count', 'avg', 'min', 'med', 'p(95)', 'p(99)', 'max'],
    userAgent: 'trinitas-k6',
  };
}
