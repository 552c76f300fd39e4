import { graphql } from '../generated/gql.ts';

export const GetMemory = graphql(`
  query GetMemory($by: MemoryBy!) {
    memory(by: $by) {
      id
      key
      namespace
      value
      valueText
      version
      createdAt
      updatedAt
      accessedAt
      accessCount
      rememberedBy {
        id
        name
      }
    }
  }
`);

export const ListMemories = graphql(`
  query ListMemories(
    $where: MemoryWhere
    $orderBy: [MemoryOrder!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    memories(
      where: $where
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      edges {
        cursor
        node {
          key
        }
      }
      nodes {
        key
        rememberedBy {
          name
        }
      }
    }
  }
`);

export const LoadNodes = graphql(`
  query LoadNodes($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      id
    }
  }
`);

export const Recall = graphql(`
  query Recall($query: String!, $mode: RecallMode! = HYBRID, $where: MemoryWhere) {
    recall(query: $query, mode: $mode, where: $where) {
      mode
      servedMode
      degraded
      tookMs
      edges {
        score
        node {
          key
        }
        explanation {
          text {
            rank
            bm25
            normalised
          }
          semantic {
            rank
          }
          importanceFactor
          recencyFactor
          final
          terms
        }
      }
    }
  }
`);

export const AgentContext = graphql(`
  query AgentContext($persona: String!, $task: String!) {
    context(persona: $persona, task: $task) {
      persona
      degraded
      working {
        node {
          key
        }
      }
      semantic {
        node {
          key
        }
      }
      episodes {
        key
      }
    }
  }
`);
