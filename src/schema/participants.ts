import type { InputFieldBuilder } from '@pothos/core';
import { builder, type SchemaTypes } from './builder.ts';

export const ParticipantEnum = builder.enumType('Participant', {
  description:
    'A server beside the database; everything works without it, and what it holds is made from the database.',
  values: {
    REDIS: { value: 'redis', description: 'The cache.' },
    CHROMA: { value: 'chroma', description: 'The vector store.' },
  } as const,
});

export const CommitModeEnum = builder.enumType('CommitMode', {
  description: 'What a commit does about a participant that cannot prepare.',
  values: {
    AVAILABLE: {
      value: 'available',
      description: 'It happens; the participant catches up when it is back.',
    },
    STRICT: {
      value: 'strict',
      description:
        'It fails with PARTICIPANT_UNAVAILABLE and stores nothing. When it happens it waits up to 2 seconds until all participants show it.',
    },
  } as const,
});

export const PENDING =
  'Participants that do not show the write yet, although it is durable; they catch up by themselves. Empty as a rule.';

type Fields = InputFieldBuilder<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, 'InputObject'>;

export const commitMode = (t: Fields) =>
  t.field({
    type: CommitModeEnum,
    description:
      'What to do when Redis or Chroma cannot prepare; null = as the server is configured. Inside a transaction its own mode counts.',
  });
