import { onTestFinished } from 'vitest';
import {
  embedderConfigSchema,
  type OpenAiConfig,
} from '../../../src/engine/embedding/embedder-config.ts';
import { OpenAiEmbedder } from '../../../src/engine/embedding/openai-embedder.ts';
import { type Answer, OpenAiTestServer, send, vectorOf } from './openai-test-server.ts';

export const KEY = 'sk-secret-key-0123456789';

export interface OpenAiSetting {
  readonly embedder: OpenAiEmbedder;
  readonly server: OpenAiTestServer;
}

function configOf(url: string, more: object = {}): OpenAiConfig {
  return embedderConfigSchema.parse({
    provider: 'openai',
    model: 'nomic-embed-text',
    url,
    ...more,
  }) as OpenAiConfig;
}

/** An embedder and its server, which closes with the test; a null key sends none. */
export async function startOpenAi(
  answers: readonly Answer[],
  more: object = {},
  key: string | null = KEY,
): Promise<OpenAiSetting> {
  const server = await OpenAiTestServer.start(...answers);
  onTestFinished(() => server.close());
  return { server, embedder: new OpenAiEmbedder(configOf(server.url, more), key) };
}

export function never(): AbortSignal {
  return new AbortController().signal;
}

/** Answers with one item per text, changed by the function. */
export function items(change: (item: { index: number; embedding: unknown }) => unknown): Answer {
  return ({ body }, response) => {
    const data = body.input.map((text, index) => change({ index, embedding: vectorOf(text) }));
    send(response, 200, { data });
  };
}

/** Answers with a status and a body. */
export const status =
  (code: number, body: unknown = {}, headers = {}): Answer =>
  (_, response) =>
    send(response, code, body, headers);
