import { fillStore } from './fill-store.ts';
import { measureStore } from './measure-store.ts';
import type { ScaleTask } from './scale-task.ts';

/* Started by run-scale-probe.ts with --expose-gc; takes one task over the channel, answers it and ends. */

process.once('message', async (message) => {
  const task = message as ScaleTask;
  const result = await (task.act === 'fill' ? fillStore(task) : measureStore(task));
  process.send?.(result, () => process.disconnect());
});
