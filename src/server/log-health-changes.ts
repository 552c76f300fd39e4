import type { MemoryManager } from '../engine/index.ts';
import type { Logger } from './logger.ts';

/** One line for each change of a state: `warn` when something is wrong now, `info` when it is well again. */
export function logHealthChanges(
  manager: Pick<MemoryManager, 'onHealthChange'>,
  logger: Logger,
): void {
  manager.onHealthChange(({ name, from, to, message, state }) => {
    const line = { check: name, from, to, message, state };
    if (to === 'OK') logger.info(line, 'health: a part of the store is well again');
    else logger.warn(line, 'health: a part of the store has changed its state');
  });
}
