import type { RecallScope } from './recall-scope.ts';
import { OVERLAY_SOURCE } from './record-source.ts';

/** Memories looked at, spread evenly over all ids, since what a filter names may have come in waves. About 0.1 ms. */
const SAMPLE = 256;

/** Share of the memories of the whole file that may be hits: 0..1; 1 where it is not worth asking. Steers work, never results. */
export function passRate(scope: RecallScope): number {
  if (scope.source === OVERLAY_SOURCE) return 1;
  const { statements, from, visible, params, newestId } = scope;
  const step = Math.max(1, newestId / SAMPLE);
  const ids: number[] = [];
  for (let id = newestId; id >= 1 && ids.length < SAMPLE; id -= step) ids.push(Math.floor(id));
  const list = JSON.stringify(ids);
  const count = (sql: string, ...rest: readonly unknown[]): number =>
    statements.row(
      `SELECT count(*) FROM json_each(?) AS listed CROSS JOIN ${sql}`,
      list,
      ...rest,
    )?.[0] as number;
  const all = count('main.memories m INDEXED BY memories_ranking WHERE m.id = listed.value');
  const passing = count(`${from} WHERE m.id = listed.value ${visible}`, ...params);
  return all === 0 ? 1 : passing / all;
}
