import { HERMITAGE } from './hermitage-histories.ts';
import type { History } from './history.ts';
import { OWN_HISTORIES } from './own-histories.ts';

/** Every history that each way to the engine has to show at every level. */
export const HISTORIES: readonly History[] = [...HERMITAGE, ...OWN_HISTORIES];
