import { graphql } from '../generated/gql.ts';

/** Everything that tells how the store is. */

export const WholeHealth = graphql(`
  query WholeHealth {
    health {
      state
      checks {
        name
        state
        message
      }
      thresholds {
        name
        value
        threshold
        exceeded
      }
    }
    status {
      state
      checks {
        name
        state
      }
      thresholds {
        name
        exceeded
      }
    }
    stats {
      state
      checks {
        name
        state
      }
      thresholds {
        name
        exceeded
      }
      backend {
        disk {
          freeBytes
          minFreeBytes
          ballastBytes
        }
      }
    }
  }
`);

export const HealthStream = graphql(`
  subscription HealthStream {
    stats(intervalMs: 250) {
      state
      checks {
        name
        state
      }
    }
  }
`);
