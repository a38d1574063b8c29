import { describe, expect, it } from 'vitest';
import { summarizeColumns, type ColumnProfile } from '../../../src/model/dataset.ts';
import type { TableColumn, TableSchema } from '../../../src/model/table.ts';

const PROFILE: ColumnProfile = {
  name: '',
  kind: 'real',
  reason: '',
  missing: 0,
  minimum: 0,
  maximum: 10,
  mean: 4,
  variance: 9,
  zeros: 0,
  extremes: 0,
  integers: true,
  distinct: null,
};
const COMMON = { name: 'x', reason: '', missing: 0.5 };
const NUMBER = {
  ...COMMON,
  role: 'number' as const,
  format: { decimal: '.' as const, grouping: null, unit: null },
  decimals: 1,
  offset: 0,
  also_missing: [],
};

function summarize(column: TableColumn, profile: Partial<ColumnProfile>, more: ColumnProfile[] = []) {
  const table: TableSchema = { columns: [column], missing_marks: [] };
  const [own] = summarizeColumns(table, { per_column: true, columns: [{ ...PROFILE, ...profile }, ...more] });
  return own;
}

describe('statistics of a column', () => {
  it('are in its units: offsets are added', () => {
    expect(summarize({ ...NUMBER, offset: 1e9 }, { mean: 0, minimum: -1 })).toMatchObject({
      mean: 1e9,
      minimum: 1e9 - 1,
      maximum: 1e9 + 10,
      standardDeviation: 3,
    });
  });

  it('are not known without values', () => {
    const nothing = { missing: 1, minimum: null, maximum: null, mean: null, variance: null };
    expect(summarize(NUMBER, nothing)).toMatchObject({
      missing: 1,
      mean: null,
      standardDeviation: null,
      minimum: null,
    });
  });

  it('of datetimes are datetimes', () => {
    const column: TableColumn = {
      ...COMMON,
      role: 'datetime',
      order: 'dmy',
      epoch: null,
      unit: 'day',
      written: 'day',
      zone: null,
      offset: 19723,
      parts: ['time', 'weekday'],
      also_missing: [],
    };
    expect(summarize(column, {}, [PROFILE])).toMatchObject({
      minimum: '2024-01-01',
      mean: '2024-01-05',
      maximum: '2024-01-11',
      standardDeviation: 3,
      unit: 'days',
    });
  });

  it('of words list the most frequent ones, with shares if they are stored', () => {
    const labels = Array.from({ length: 30 }, (_, i) => `w${i}`);
    const column: TableColumn = { ...COMMON, role: 'category', labels, cells: 'word', other_share: 0 };
    const shares = labels.map((_, code) => (code === 17 ? 0.5 : 0.5 / 29));
    const known = summarize(column, { shares, distinct: 30 });
    expect(known?.words).toHaveLength(20);
    expect(known?.words?.[0]).toEqual({ word: 'w17', share: 0.5 });
    expect(summarize(column, { distinct: null })).toMatchObject({
      distinct: 30,
      words: labels.slice(0, 20).map((word) => ({ word, share: null })),
    });
    expect(summarize(column, { other: 0.25 })).toMatchObject({ distinct: null, otherShare: 0.25 });
  });

  it('of flags follow from their mean', () => {
    const column: TableColumn = { ...COMMON, role: 'flag', labels: ['no', 'yes'], cells: 'boolean' };
    expect(summarize(column, { mean: 0.75, distinct: 2 })?.words).toEqual([
      { word: true, share: 0.75 },
      { word: false, share: 0.25 },
    ]);
  });
});
