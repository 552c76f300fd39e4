import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SAMPLE_OPERATIONS } from '../../src/server/sample-operations.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { post } from '../support/test-client.ts';
import { subscribersOf } from '../support/wait-for-subscribers.ts';

/** The browser of the system; CONTRIBUTING.md says how to install one. */
function findChromium(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  throw new Error('no Chromium on the PATH; install it: apt-get install -y chromium');
}

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * By the keyboard, since tabs can be dragged and a synthetic mouse often drags. GraphiQL learns which operation to
 * run a moment after the editor shows it, so callers click again until it did.
 */
async function openTab(page: Page, operation: string): Promise<void> {
  await page.locator('.graphiql-tab-button', { hasText: operation }).focus();
  await page.keyboard.press('Enter');
  const editor = page.locator('.graphiql-query-editor');
  await expect.poll(() => editor.textContent()).toContain(`${operation}(`);
}

describe('GraphiQL in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium(), args: ARGUMENTS });
  });
  afterAll(() => browser.close());

  it('loads from this server alone, runs the samples and shows their results', async () => {
    const server = await startTestServer();
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    // The browser shares two cores with other tests.
    page.setDefaultTimeout(60_000);
    onTestFinished(() => page.close());
    const foreign: string[] = [];
    const failures: string[] = [];
    page.on('request', (request) => {
      const url = new URL(request.url());
      const local =
        url.origin === new URL(server.url).origin ||
        url.protocol === 'data:' ||
        url.protocol === 'blob:';
      if (!local) foreign.push(request.url());
    });
    page.on('pageerror', (error) => failures.push(error.message));

    await page.goto(server.url);
    const execute = page.getByRole('button', { name: /execute query/i });
    await execute.waitFor();
    // Enabled and complete only after the introspection arrived.
    await page.getByRole('tab').first().waitFor();
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual(
      expect.arrayContaining(['StoreMemory', 'Recall', 'Stats']),
    );

    await execute.click();
    const result = page.locator('.result-window, .graphiql-response').first();
    await expect.poll(() => result.textContent()).toContain('WritePayload');
    const stored = await post(server.url, {
      query: '{ memory(by: { key: "fact_trinitas_origin" }) { version } }',
    });
    expect(stored.data).toEqual({ memory: { version: 1 } });

    await openTab(page, 'Recall');
    await expect
      .poll(async () => {
        await execute.click();
        return await result.textContent();
      })
      .toContain('explanation');

    await openTab(page, 'MemoryChanges');
    await expect
      .poll(async () => {
        // While a stream is open the button stops it and has another name.
        if (await execute.isVisible()) await execute.click();
        return await subscribersOf(server.url);
      })
      .toBe(1);
    await post(server.url, {
      query: 'mutation { storeMemory(input: { key: "seen_live", value: 1 }) { __typename } }',
    });
    await expect.poll(() => result.textContent()).toContain('seen_live');

    const screenshot = process.env['TRINITAS_TEST_SCREENSHOT'];
    if (screenshot !== undefined) await page.screenshot({ path: screenshot });
    expect(foreign).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('is not served when it is switched off', async () => {
    const { url } = await startTestServer({ graphiql: false });
    const response = await fetch(url, { headers: { accept: 'text/html' } });
    expect(await response.text()).not.toContain('GraphiQL');
  });
});

it('has sample operations that all run', async () => {
  const { url } = await startTestServer();
  for (const { query, variables } of SAMPLE_OPERATIONS) {
    if (query.includes('subscription ')) continue;
    const answer = await post(url, { query, variables });
    expect(answer.errors, query).toEqual([]);
  }
});
