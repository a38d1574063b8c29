import { describe, expect, it } from 'vitest';
import { findTestRowProblem, warnOfTestRows, type TestProfile } from '../../../src/model/dataset.ts';

const holding = (column: Partial<TestProfile['columns'][number]>): TestProfile => ({
  per_column: true,
  columns: [{ name: 'size', missing: 0, minimum: 0, maximum: 1, integers: true, ...column }],
});

describe('test rows that a likelihood does not explain', () => {
  it.each([
    ['missing values in column size', { missing: 0.1 }],
    ['values from 0 to 7 in column size', { maximum: 7 }],
  ])('have %s', (found, column) => {
    expect(findTestRowProblem({ family: 'bernoulli' }, holding(column))).toBe(found);
    expect(warnOfTestRows({ family: 'bernoulli' }, holding(column))).toEqual([
      `The test rows have ${found}, which the likelihood does not explain: you can neither watch nor evaluate them.`,
    ]);
  });

  it('are those of counts that are not whole numbers', () => {
    const found = findTestRowProblem({ family: 'poisson' }, holding({ integers: false }));
    expect(found).toBe('values that are not whole numbers in column size');
  });

  it('are none if it explains them, or if nothing is known of them', () => {
    expect(findTestRowProblem({ family: 'bernoulli' }, holding({}))).toBeNull();
    expect(findTestRowProblem({ family: 'bernoulli' }, null)).toBeNull();
    expect(warnOfTestRows(null, holding({ missing: 1 }))).toEqual([]);
  });
});
