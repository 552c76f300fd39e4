import { execFileSync } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a process pays for the default embedder. */
export interface TableMemory {
  /** Resident bytes more than before, after the garbage was collected. */
  readonly residentBytes: number;
  readonly loadMs: number;
}

const PROBE = `
  const { loadStaticTable } = await import(process.argv[1]);
  globalThis.gc();
  const before = process.memoryUsage().rss;
  const startedAt = performance.now();
  const table = loadStaticTable();
  const loadMs = performance.now() - startedAt;
  globalThis.gc();
  const residentBytes = process.memoryUsage().rss - before;
  console.log(JSON.stringify({ residentBytes, loadMs, rows: table.rows.length }));
`;

/** Loads the static table in a process of its own; `engineUrl` is a compiled engine. */
export function measureTableMemory(engineUrl: string): TableMemory {
  const url = new URL(
    `./embedding/static/static-table${extname(fileURLToPath(engineUrl))}`,
    engineUrl,
  );
  const output = execFileSync(
    process.execPath,
    ['--expose-gc', '--input-type=module', '--eval', PROBE, url.href],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return JSON.parse(output) as TableMemory;
}
