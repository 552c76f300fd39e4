import type { ParticipantFigures } from '../engine/index.ts';
import { LatencyRef } from './backend-statistics.ts';
import { builder } from './builder.ts';
import { HealthStateEnum } from './enums.ts';
import { ParticipantEnum } from './participants.ts';

const BreakerStateEnum = builder.enumType('BreakerState', {
  description: 'Whether a server is called.',
  values: {
    CLOSED: { description: 'It is called.' },
    OPEN: { description: 'It failed several times in a row and is left alone for a while.' },
    HALF_OPEN: { description: 'One call finds out whether it is back.' },
  } as const,
});

const ExternalCacheRef = builder
  .objectRef<NonNullable<ParticipantFigures['cache']>>('ExternalCacheStatistics')
  .implement({
    description: 'What the cache outside has answered since the start. Whole numbers.',
    fields: (t) => ({
      hits: t.exposeFloat('hits', { description: 'Memories that it answered.' }),
      misses: t.exposeFloat('misses', { description: 'Memories that it did not hold.' }),
      bypassed: t.exposeFloat('bypassed', {
        description:
          'Memories read from the database because a write of theirs was under way, or the server was away.',
      }),
      fills: t.exposeFloat('fills', { description: 'Memories that it was given to keep.' }),
    }),
  });

export const ParticipantStatisticsRef = builder
  .objectRef<ParticipantFigures>('ParticipantStatistics')
  .implement({
    description: 'A server beside the database; whatever it loses is made again from the database.',
    fields: (t) => ({
      name: t.field({
        type: ParticipantEnum,
        description: 'Which one.',
        resolve: (figures) => figures.name,
      }),
      state: t.field({
        type: HealthStateEnum,
        description: 'Its state.',
        resolve: (figures) => figures.state,
      }),
      message: t.exposeString('message', {
        nullable: true,
        description: 'What is wrong and what to do; null when all is well.',
      }),
      breaker: t.field({
        type: BreakerStateEnum,
        description: 'Whether it is called.',
        resolve: (figures) => figures.breaker,
      }),
      calls: t.exposeFloat('calls', { description: 'Calls since the start (whole number).' }),
      failures: t.exposeFloat('failures', { description: 'Calls that failed (whole number).' }),
      reconnects: t.exposeInt('reconnects', { description: 'Connections after the first one.' }),
      latency: t.field({
        type: LatencyRef,
        description: 'How long calls took.',
        resolve: (figures) => figures.latency,
      }),
      probeMs: t.exposeFloat('probeMs', {
        nullable: true,
        description: 'Round trip of the last probe in milliseconds; null before the first one.',
      }),
      waiting: t.exposeInt('waiting', {
        description: 'Things that commits have left to do for it; they are done when it is there.',
      }),
      cache: t.field({
        type: ExternalCacheRef,
        nullable: true,
        description: 'What it has answered as a cache; null for Chroma.',
        resolve: (figures) => figures.cache,
      }),
      at: t.field({
        type: 'DateTime',
        description: 'When it was last probed or changed its state.',
        resolve: (figures) => new Date(figures.at),
      }),
    }),
  });
