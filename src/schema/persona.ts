import type { PersonaRecord } from '../engine/index.ts';
import { getPersonasByName, listPersonas } from '../resolvers/personas.ts';
import { builder } from './builder.ts';

export const PersonaRef = builder.objectRef<PersonaRecord>('Persona');

builder.node(PersonaRef, {
  description:
    'Somebody who remembers: an agent or a role. It comes into being with the first memory that names it.',
  id: { resolve: (persona) => persona.name },
  loadManyWithoutCache: (names, context) => getPersonasByName(names, context),
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Unique within the namespace, 1 to 128 bytes of UTF-8.',
    }),
    namespace: t.exposeString('namespace', { description: 'The tenant it belongs to.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was first named.',
      resolve: (persona) => new Date(persona.createdAt),
    }),
  }),
});

builder.queryField('personas', (t) =>
  t.field({
    type: [PersonaRef],
    nullable: true,
    description: 'All personas of the namespace, by name.',
    resolve: (_root, _args, context) => listPersonas(context),
  }),
);
