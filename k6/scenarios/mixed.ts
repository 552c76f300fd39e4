import { prepare, type RunData, removeAll } from '../data.ts';
import { mixedCall } from '../mixed-call.ts';
import { optionsOf } from '../options.ts';
import { summarise } from '../summary.ts';

export const options = optionsOf('mixed');
export const handleSummary = summarise('mixed');
export const setup = (): RunData => prepare(5_000);
export const teardown = removeAll;

export function run(data: RunData): void {
  mixedCall(data);
}
