import { graphql } from '../generated/gql.ts';

/** The operation with which the tests ask for packed contexts. */

export const PackedContext = graphql(`
  query PackedContext($persona: String!, $task: String!, $budgetTokens: Int) {
    context(persona: $persona, task: $task, budgetTokens: $budgetTokens) {
      working {
        node {
          key
        }
      }
      degraded
      packed {
        text
        tokens
        budgetTokens
        tokenizer
        items {
          memory {
            id
            key
          }
          citation
          key
          section
          tokens
          relevance
          truncated
        }
        omitted {
          memory {
            key
          }
          key
          section
          relevance
          reason
          of
        }
      }
    }
  }
`);
