import { MemoryDataCorruptionError } from '../errors.ts';

/** What a reader of a damaged row throws. `data` names what was asked for. */
export function damagedRow(
  problem: string,
  data: Readonly<Record<string, unknown>> = {},
): MemoryDataCorruptionError {
  return new MemoryDataCorruptionError(problem, {
    data,
    remedy:
      'The file is damaged: stop the server and run `trinitas repair`, with --backup to fill what is lost.',
  });
}
