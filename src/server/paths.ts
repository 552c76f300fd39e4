/** GraphQL over HTTP and WebSocket. */
export const GRAPHQL_PATH = '/graphql';
/** Prometheus metrics. */
export const METRICS_PATH = '/metrics';
