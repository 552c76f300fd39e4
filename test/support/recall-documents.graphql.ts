import { graphql } from '../generated/gql.ts';

/** The operations with which the tests recall by meaning and follow vectors and jobs. */

export const ExplainedRecall = graphql(`
  query ExplainedRecall(
    $query: String!
    $mode: RecallMode! = HYBRID
    $where: MemoryWhere
    $minScore: Float
    $weights: RecallWeightsInput
    $candidates: RecallCandidatesInput
    $includeSuperseded: Boolean! = false
    $first: Int! = 10
  ) {
    recall(
      query: $query
      mode: $mode
      where: $where
      minScore: $minScore
      weights: $weights
      candidates: $candidates
      includeSuperseded: $includeSuperseded
      first: $first
      touch: false
    ) {
      servedMode
      degraded
      degradedReason
      edges {
        score
        node {
          key
        }
        explanation {
          text {
            rank
            bm25
            context
            coverage
            normalised
          }
          semantic {
            rank
            similarity
            distance
            background
            normalised
            model
          }
          weights {
            text
            semantic
          }
          nameBoost
          importanceFactor
          recencyFactor
          final
          terms
        }
      }
    }
  }
`);

export const StoreAndSeeVector = graphql(`
  mutation StoreAndSeeVector($input: StoreMemoryInput!) {
    storeMemory(input: $input) {
      __typename
      ... on WritePayload {
        memory {
          key
          embedding
          embeddingError
        }
      }
      ... on Error {
        code
        path
        message
      }
    }
  }
`);

export const SeeVector = graphql(`
  query SeeVector($key: String!) {
    memory(by: { key: $key }) {
      embedding
      embeddingError
    }
  }
`);

export const SeeVectors = graphql(`
  query SeeVectors($first: Int!) {
    memories(first: $first) {
      nodes {
        embedding
        embeddingError
      }
    }
  }
`);

export const SimilarMemories = graphql(`
  query SimilarMemories($key: String!, $first: Int! = 10, $kinds: [LinkKind!]) {
    memory(by: { key: $key }) {
      related(by: SIMILARITY, first: $first, kinds: $kinds) {
        source
        kind
        direction
        since
        similarity
        memory {
          key
        }
      }
    }
  }
`);

export const EmbeddingFigures = graphql(`
  query EmbeddingFigures {
    status {
      embedding {
        model
        memories
        ready
        pending
        failed
        outdated
      }
    }
    health {
      checks {
        name
        state
        message
      }
    }
  }
`);

export const Reindex = graphql(`
  mutation Reindex {
    reindex(input: { target: VECTORS }) {
      __typename
      ... on ReindexPayload {
        job {
          id
          kind
          state
          done
          total
        }
      }
      ... on Error {
        code
        message
        remedy
        retryable
      }
    }
  }
`);

export const FollowJob = graphql(`
  query FollowJob($id: ID!) {
    job(id: $id) {
      id
      kind
      state
      done
      failed
      total
      startedAt
      endedAt
      error
    }
    node(id: $id) {
      ... on Job {
        state
      }
    }
    jobs {
      id
    }
  }
`);

export const TransactAndWait = graphql(`
  mutation TransactAndWait($input: TransactInput!) {
    transact(input: $input) {
      __typename
      ... on TransactPayload {
        steps {
          memory {
            key
            embedding
          }
        }
      }
      ... on Error {
        code
        path
      }
    }
  }
`);
