import { type Context, context, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import {
  type EngineTracer,
  MemorySystemError,
  type RequestEnd,
  sharedNow,
  type ThreadTiming,
} from '../../engine/index.ts';

/**
 * Spans of the engine: one per operation, below it one per request to the database, with its time in the queue and in the
 * thread. Work that belongs to no request (upkeep, embedding, scrapes) is not followed, nor what the sampler left out.
 */
export class EngineSpans implements EngineTracer {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  async operation<T>(name: string, run: () => Promise<T>): Promise<T> {
    if (!isFollowed()) return await run();
    const span = this.#tracer.startSpan(`engine ${name}`, { startTime: sharedNow() });
    try {
      return await context.with(trace.setSpan(context.active(), span), run);
    } catch (error) {
      span.setAttribute('error.type', error instanceof MemorySystemError ? error.code : 'INTERNAL');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end(sharedNow());
    }
  }

  request(name: string): RequestEnd | undefined {
    if (!isFollowed()) return undefined;
    const queuedAt = sharedNow();
    const span = this.#tracer.startSpan(`sqlite ${name}`, {
      attributes: { 'db.system.name': 'sqlite', 'db.operation.name': name },
      startTime: queuedAt,
    });
    const inside = trace.setSpan(context.active(), span);
    return (timing) => {
      if (timing === undefined) span.setStatus({ code: SpanStatusCode.ERROR });
      else this.#splitTime(inside, queuedAt, timing);
      span.end(sharedNow());
    };
  }

  /** The queue holds all the time until the thread began: waiting its turn, and as a message under way. */
  #splitTime(inside: Context, queuedAt: number, { startedAt, endedAt }: ThreadTiming): void {
    this.#tracer.startSpan('queue', { startTime: queuedAt }, inside).end(startedAt);
    this.#tracer.startSpan('thread', { startTime: startedAt }, inside).end(endedAt);
  }
}

function isFollowed(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}
