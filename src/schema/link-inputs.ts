import type { InputFieldBuilder } from '@pothos/core';
import { builder, type SchemaTypes } from './builder.ts';
import { LinkKindEnum } from './link-enums.ts';
import { MemoryByInput } from './memory-by.ts';
import { idempotencyKey } from './write-inputs.ts';

type Fields = InputFieldBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, 'InputObject'>;

const linkFields = (t: Fields) => ({
  from: t.field({
    type: MemoryByInput,
    required: true,
    description: 'The first memory: for SUPERSEDES the one that replaces.',
  }),
  to: t.field({ type: MemoryByInput, required: true, description: 'The second memory.' }),
  kind: t.field({ type: LinkKindEnum, required: true, description: 'How they are linked.' }),
});

export const LinkMemoriesInput = builder.inputType('LinkMemoriesInput', {
  description: 'A link between two memories.',
  fields: (t) => ({ ...linkFields(t), idempotencyKey: idempotencyKey(t) }),
});

export const LinkMemoriesItem = builder.inputType('LinkMemoriesItem', {
  description: 'A link between two memories, as a part of a transaction.',
  fields: linkFields,
});
