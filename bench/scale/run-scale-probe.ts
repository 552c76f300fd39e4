import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Filled, Scaled, ScaleTask } from './scale-task.ts';

const PROBE = fileURLToPath(new URL('./scale-probe.ts', import.meta.url));

/** Runs the task in a process of its own, so that nothing else is in its memory; rejects when that fails. */
export async function runScaleProbe(task: ScaleTask & { readonly act: 'fill' }): Promise<Filled>;
export async function runScaleProbe(task: ScaleTask & { readonly act: 'measure' }): Promise<Scaled>;
export async function runScaleProbe(task: ScaleTask): Promise<Filled | Scaled> {
  const child = fork(PROBE, { execArgv: ['--expose-gc', '--import', import.meta.resolve('tsx')] });
  let answer: Filled | Scaled | undefined;
  child.once('message', (message) => {
    answer = message as Filled | Scaled;
  });
  const exited = once(child, 'exit');
  child.send(task);
  const [code] = await exited;
  if (answer === undefined) throw new Error(`the process that should ${task.act} ended: ${code}`);
  return answer;
}
