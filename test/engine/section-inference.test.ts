import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../src/engine/errors.ts';
import { IssueCollector } from '../../src/engine/issue-collector.ts';
import { inferSection } from '../../src/engine/section-inference.ts';

function infer(key: string, metadata: Record<string, unknown> = {}): string {
  const issues = new IssueCollector();
  const section = inferSection(issues, key, metadata, ['metadata']);
  issues.throwIfAny();
  return section;
}

describe('section inference', () => {
  it.each([
    ['working_x', 'working_memory'],
    ['TEMP_x', 'working_memory'],
    ['current_', 'working_memory'],
    ['active_x', 'working_memory'],
    ['Episode_1', 'episodic_memory'],
    ['event_1', 'episodic_memory'],
    ['session_1', 'episodic_memory'],
    ['interaction_1', 'episodic_memory'],
    ['knowledge_x', 'semantic_memory'],
    ['fact_x', 'semantic_memory'],
    ['concept_x', 'semantic_memory'],
    ['definition_x', 'semantic_memory'],
    ['procedure_x', 'procedural_memory'],
    ['howto_x', 'procedural_memory'],
    ['method_x', 'procedural_memory'],
    ['process_x', 'procedural_memory'],
    ['cache_x', 'cache'],
    ['quick_x', 'cache'],
    ['fast_x', 'cache'],
    ['learn_x', 'learning_data'],
    ['model_x', 'learning_data'],
    ['training_x', 'learning_data'],
    ['pattern_x', 'pattern_storage'],
    ['metric_x', 'performance_metrics'],
    ['perf_x', 'performance_metrics'],
    ['stats_x', 'performance_metrics'],
    ['benchmark_x', 'performance_metrics'],
    ['my_fact_x', 'working_memory'],
    ['facts', 'working_memory'],
  ])('by the key %s: %s', (key, section) => {
    expect(infer(key)).toBe(section);
  });

  it.each([
    ['working', 'working_memory'],
    ['template', 'working_memory'],
    ['episode', 'episodic_memory'],
    ['Event', 'episodic_memory'],
    ['execution_result', 'episodic_memory'],
    ['base_knowledge', 'semantic_memory'],
    ['semantic', 'semantic_memory'],
    ['fact', 'semantic_memory'],
    ['procedure', 'procedural_memory'],
    ['howto', 'procedural_memory'],
    ['learning', 'learning_data'],
    ['pattern', 'pattern_storage'],
    ['metric', 'performance_metrics'],
    ['performance', 'performance_metrics'],
    ['temporary event', 'working_memory'],
    ['', 'working_memory'],
    [7, 'working_memory'],
  ])('by metadata.type %s: %s', (type, section) => {
    expect(infer('some key', { type })).toBe(section);
  });

  it('takes metadata.section before the key, and the key before the type', () => {
    expect(infer('fact_x', { section: 'cache', type: 'episode' })).toBe('cache');
    expect(infer('fact_x', { type: 'episode' })).toBe('semantic_memory');
  });

  it('refuses an unknown metadata.section', () => {
    expect(() => infer('fact_x', { section: 'attic' })).toThrow(ValidationError);
    expect(() => infer('fact_x', { section: 'CACHE' })).toThrow(ValidationError);
  });
});
