import { builder } from './builder.ts';

export const MemoryByInput = builder.inputType('MemoryBy', {
  isOneOf: true,
  description: 'Names one memory: exactly one of the two.',
  fields: (t) => ({
    id: t.id({ description: 'Its `id`, which stays the same as long as the memory lives.' }),
    key: t.string({ description: 'Its key in the namespace of the credential.' }),
  }),
});
