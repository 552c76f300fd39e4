import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ListeningServer, listen } from '../support/shared-server.ts';

describe('GraphQL over HTTP', () => {
  let server: ListeningServer;
  beforeAll(async () => {
    server = await listen();
  });
  afterAll(() => server.stop());

  const audits = serverAudits({ url: () => server.url, fetchFn: fetch });

  it('has the 61 audits of the version we know', () => {
    expect(audits).toHaveLength(61);
  });

  for (const audit of audits) {
    it(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      expect(result.status, 'reason' in result ? String(result.reason) : '').toBe('ok');
    });
  }
});
