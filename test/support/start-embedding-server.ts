import { onTestFinished } from 'vitest';
import type { EngineConfigInput } from '../../src/engine/index.ts';
import { type Answer, OpenAiTestServer, send } from '../engine/embedding/openai-test-server.ts';
import { Gate } from './gate.ts';

export interface EmbeddingServer {
  /** `memory` of a configuration that uses it, without retries of its own. */
  readonly memory: EngineConfigInput['memory'];
  readonly server: OpenAiTestServer;
  /** From now on memories are answered. */
  release(): void;
}

/** Stands before each memory, so that the server tells memories from queries. */
const DOCUMENT = 'memory: ';

/**
 * A real embedding server that closes with the test. Queries are answered at once; memories, when it is held, only after `release`.
 * `answer` takes the place of all that.
 */
export async function startEmbeddingServer({
  held = false,
  dimension = 3,
  timeoutSeconds = 5,
  answer,
}: {
  readonly held?: boolean;
  readonly dimension?: number;
  /** That a recall waits for the vector of its query. */
  readonly timeoutSeconds?: number;
  readonly answer?: Answer;
} = {}): Promise<EmbeddingServer> {
  const gate = new Gate();
  if (!held) gate.open();
  const right: Answer = async ({ body }, response) => {
    if (body.input.some((text) => text.startsWith(DOCUMENT))) await gate.opened;
    const data = body.input.map((text, index) => ({
      index,
      embedding: directionOf(text.replace(DOCUMENT, ''), dimension),
    }));
    send(response, 200, { data });
  };
  const server = await OpenAiTestServer.start(answer ?? right);
  onTestFinished(() => server.close());
  return {
    server,
    release: () => gate.open(),
    memory: {
      embedding_timeout: timeoutSeconds,
      embedder: {
        provider: 'openai',
        model: 'test-model',
        url: server.url,
        retries: 0,
        document_prefix: DOCUMENT,
      },
    },
  };
}

/** Numbers that differ by the first letter of a text. */
function directionOf(text: string, dimension: number): number[] {
  return Array.from({ length: dimension }, (_, at) => Math.cos(text.charCodeAt(0) * (at + 1)) + 2);
}
