import { describe, expect, it } from 'vitest';
import { readEvidence } from '../../src/evaluation/locomo-evidence.ts';

describe('evidence of LoCoMo', () => {
  it.each([
    [['D1:3'], ['D1:3']],
    [['D8:6; D9:17'], ['D8:6', 'D9:17']],
    [['D9:1 D4:4 D4:6'], ['D9:1', 'D4:4', 'D4:6']],
    [['D:11:26'], ['D11:26']],
    [['D30:05'], ['D30:5']],
    [['D10:19', 'D10:19'], ['D10:19']],
    [['D'], []],
    [[''], []],
    [[], []],
  ])('%j names %j', (evidence, expected) => {
    expect(readEvidence(evidence)).toEqual(expected);
  });
});
