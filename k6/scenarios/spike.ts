import exec from 'k6/execution';
import { prepare, type RunData, removeAll } from '../data.ts';
import { mixedCall } from '../mixed-call.ts';
import { optionsOf } from '../options.ts';
import { summarise } from '../summary.ts';

/* The mixed load, ten times as much of it at once, and the old one again. */

export const options = optionsOf('spike');
export const handleSummary = summarise('spike');
export const setup = (): RunData => prepare(5_000);
export const teardown = removeAll;

const PHASES = ['before', 'peak', 'after'];

export function run(data: RunData): void {
  mixedCall(data, PHASES.indexOf(exec.scenario.name));
}
