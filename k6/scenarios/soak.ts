import { fail } from 'k6';
import { Gauge } from 'k6/metrics';
import { send } from '../client.ts';
import { prepare, type RunData, removeAll } from '../data.ts';
import { STATS } from '../documents.ts';
import { mixedCall } from '../mixed-call.ts';
import { optionsOf } from '../options.ts';
import { summarise } from '../summary.ts';

/* The mixed load for long; at the end the server may not hold twice the memory that it held after setup. */

export const options = optionsOf('soak');
export const handleSummary = summarise('soak');

interface SoakData extends RunData {
  readonly residentBytes: number;
}

/** Of the server: 0.1 = a tenth more than after setup. */
const residentGrowth = new Gauge('resident_growth');
const residentMegabytes = new Gauge('resident_megabytes');

export function setup(): SoakData {
  return { ...prepare(5_000), residentBytes: residentBytes() };
}

export function run(data: SoakData): void {
  mixedCall(data);
}

export function teardown(data: SoakData): void {
  const resident = residentBytes();
  residentGrowth.add(resident / data.residentBytes - 1);
  residentMegabytes.add(resident / 1e6);
  removeAll(data);
}

function residentBytes(): number {
  const { data, code } = send(STATS, {});
  if (data === null) fail(`no statistics: ${code}`);
  return Number(data['residentBytes']);
}
