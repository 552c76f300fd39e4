import type { Demonstration } from './demonstration.ts';

const RECALLS = 20;

export const analytics: Demonstration = {
  name: 'analytics',
  title: 'Analytics and reporting',
  proves:
    'The engine measures itself: what it holds, how fast each operation is, how its caches do, and what could be tidied up.',

  async run({ engine, memories, size, check, measured }) {
    const half = Math.floor(size / 2);
    for (const section of ['semantic_memory', 'episodic_memory'] as const) {
      const items = Array.from({ length: half }, (_, index) => ({
        key: `${section}_${index}`,
        value: `reading number ${index}`,
        section,
      }));
      for (let start = 0; start < half; start += 1_000)
        await memories.storeMany(items.slice(start, start + 1_000));
    }
    await memories.store({ key: 'temp_idea', value: 'minor', importance: 0.1 });
    const status = await memories.status();
    const count = (name: string) => status.sections.find(({ section }) => section === name)?.count;
    check(
      `the status counts by section: ${half} facts, ${half} episodes, one working memory`,
      count('semantic_memory') === half &&
        count('episodic_memory') === half &&
        count('working_memory') === 1,
      status.sections,
    );
    check(
      "v4's three figures are there: ops_per_second, avg_latency, error_rate",
      Object.values(status.performance_metrics).every(Number.isFinite),
    );

    const before = await engine.statistics();
    for (let index = 0; index < RECALLS; index += 1)
      await memories.recall({ query: 'reading number 7', touch: false });
    const after = await engine.statistics();
    const of = ({ operations }: typeof after) => operations.find(({ name }) => name === 'recall');
    const recalls = (of(after)?.count ?? 0) - (of(before)?.count ?? 0);
    check(`every one of ${RECALLS} recalls was counted and timed`, recalls === RECALLS, recalls);
    const latency = of(after)?.latency;
    measured({
      name: 'recallP95Ms',
      value: latency?.p95 ?? Number.NaN,
      text: `recall: mean ${latency?.mean.toFixed(2)} ms, p95 ${latency?.p95.toFixed(2)} ms`,
    });
    const hits = (after.caches[0]?.hits ?? 0) - (before.caches[0]?.hits ?? 0);
    check(
      'the same question again came from the operation cache',
      hits === RECALLS - 1,
      `${hits} hits`,
    );

    await memories.store({ key: 'semantic_memory_7', value: 'reading number 7, put right' });
    const { hits: fresh, cached } = await memories.recall({ query: 'reading number 7' });
    check(
      'but never after a write: the next answer has the new value',
      !cached && fresh.some(({ value }) => value === 'reading number 7, put right'),
    );

    const [report] = await memories.applyOptimizations({
      actions: [{ type: 'cleanup', threshold_days: 0, dryRun: true }],
    });
    check(
      'a dry run of the clean-up names what it would delete, and deletes nothing',
      report !== undefined &&
        !report.changed &&
        JSON.stringify(report.details).includes('temp_idea') &&
        (await memories.get({ key: 'temp_idea' })) !== null,
      report,
    );
    measured({
      name: 'fileBytes',
      value: status.fileBytes + status.walBytes,
      text: `the database takes ${((status.fileBytes + status.walBytes) / 1e6).toFixed(1)} MB with its log`,
    });
  },
};
