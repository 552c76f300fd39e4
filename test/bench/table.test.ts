import { describe, expect, it } from 'vitest';
import { formatNumber, formatRatio, markdownTable, textTable } from '../../bench/table.ts';

const table = {
  title: 'Stores',
  columns: ['system', 'stores/s'],
  rows: [
    ['ours', '12,300'],
    ['v4', '640'],
  ],
  notes: ['Higher is better.'],
};

describe('bench tables', () => {
  it('aligns text', () => {
    expect(textTable(table).split('\n')).toEqual([
      'Stores',
      'system  stores/s',
      '------  --------',
      'ours      12,300',
      'v4           640',
      'Higher is better.',
    ]);
  });

  it('writes Markdown', () => {
    expect(markdownTable(table)).toContain(
      '| system | stores/s |\n| --- | ---: |\n| ours | 12,300 |',
    );
  });

  it('shows three digits, and ratios with two below ten', () => {
    expect([0.01234, 4.567, 81.23, 12_345].map(formatNumber)).toEqual([
      '0.0123',
      '4.57',
      '81.2',
      '12,300',
    ]);
    expect([23.44, 4.56, Number.NaN].map(formatRatio)).toEqual(['23.4×', '4.6×', '-']);
  });
});
