import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import { withTransactionDirective } from './transaction-directive.ts';
import './scalars.ts';
import './persona.ts';
import './memory.ts';
import './embedding.ts';
import './memories.ts';
import './recall.ts';
import './context.ts';
import './changes.ts';
import './health.ts';
import './status.ts';
import './jobs.ts';
import './backups.ts';
import './statistics.ts';
import './history.ts';
import './write-mutations.ts';
import './links.ts';
import './optimization.ts';
import './transaction.ts';
import './transaction-mutations.ts';
import './transact.ts';

/** Builds the schema. It opens nothing: every resolver reaches the engine through its context only. */
export function buildSchema(): GraphQLSchema {
  return withTransactionDirective(builder.toSchema());
}
