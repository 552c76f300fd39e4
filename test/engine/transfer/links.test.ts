import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { MemoryOperations, Where } from '../../../src/engine/index.ts';
import { exportRecords } from '../../../src/engine/transfer/export-records.ts';
import { importRecords } from '../../../src/engine/transfer/import-records.ts';
import { readJsonl } from '../../../src/engine/transfer/jsonl.ts';
import { makeTestFolder, shareTestEngine } from '../../support/open-test-engine.ts';

const shared = shareTestEngine();

async function exported(memories: MemoryOperations, where?: Where): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of exportRecords(memories, { where })) lines.push(line);
  return lines;
}

async function linked(): Promise<MemoryOperations> {
  const memories = shared.memories();
  const keys = ['c', 'a', 'b', ...Array.from({ length: 120 }, (_, n) => `k${n}`)];
  await memories.storeMany(keys.map((key) => ({ key, value: key, tags: [key.slice(0, 1)] })));
  for (const [from, kind, to] of [
    ['b', 'supersedes', 'a'],
    ['a', 'relates', 'c'],
    ['k0', 'derived_from', 'k119'],
    ['k1', 'derived_from', 'a'],
  ] as const)
    await memories.link({ from: { key: from }, kind, to: { key: to } });
  return memories;
}

it('links are exported once each, imported with their times, and skipped when they are here', async () => {
  const memories = await linked();
  const lines = await exported(memories);
  const links = lines.slice(123).map((line) => JSON.parse(line));
  expect(links.map(({ from, link, to }) => `${from} ${link} ${to}`)).toEqual([
    'a relates c',
    'b supersedes a',
    'k0 derived_from k119',
    'k1 derived_from a',
  ]);
  const path = join(await makeTestFolder(), 'export.jsonl');
  await writeFile(path, lines.join(''));
  const copy = shared.memories();
  const counts = await importRecords(readJsonl(path), copy);
  expect(counts).toEqual({ read: 127, imported: 127, skipped: 0, failed: 0 });
  expect(await importRecords(readJsonl(path), copy)).toMatchObject({ imported: 0, skipped: 127 });
  const [original] = await memories.related({ to: { key: 'b' } });
  const [copied] = await copy.related({ to: { key: 'b' } });
  expect(copied?.link).toEqual(original?.link);
  expect((await exported(copy)).slice(123)).toEqual(lines.slice(123));
});

it('of a selection only the links between selected memories are exported', async () => {
  const memories = await linked();
  const lines = await exported(memories, { tags: ['k'] });
  expect(lines.slice(120).map((line) => JSON.parse(line).from)).toEqual(['k0']);
});

it('a link whose memory is missing is a failure of its own', async () => {
  const path = join(await makeTestFolder(), 'links.jsonl');
  const createdAt = '2026-01-01T00:00:00.000Z';
  await writeFile(
    path,
    `${JSON.stringify({ v: 1, link: 'relates', from: 'x', to: 'y', createdAt })}\n`,
  );
  const failures: string[] = [];
  const counts = await importRecords(readJsonl(path), shared.memories(), {
    onFailure: ({ key }) => failures.push(key),
  });
  expect(counts).toMatchObject({ read: 1, failed: 1 });
  expect(failures).toEqual(['x → y']);
});
