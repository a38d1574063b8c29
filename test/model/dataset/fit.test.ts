import { describe, expect, it } from 'vitest';
import {
  fitProblems,
  needsRowCheck,
  profiler,
  createRowCheck,
  addColumnFacts,
  type ColumnProfile,
  type DatasetProfile,
} from '../../../src/model/dataset.ts';
import { findRange } from '../../../src/model/dataset/value-range.ts';
import { listRanges, type LikelihoodSpec } from '../../../src/model/specification.ts';
import { modelSpec } from '../../support/specifications.ts';

const NAMES = ['age', 'visits', 'city', 'member'];
const ROWS = [
  [31.5, 2, 0, 1],
  [NaN, 0, 1, 0],
  [-4, 7, 2, 1],
];
const CITIES = ['Oslo', 'Bergen', 'Bodø'];

function profileOf(rows: readonly (readonly number[])[], rowShape = [rows[0]?.length ?? 0]): DatasetProfile {
  const made = profiler(rowShape, 'float32', 1);
  made.add(Float32Array.from(rows.flat()));
  return made.result(1, { names: NAMES, labels: [null, null, CITIES, ['no', 'yes']] });
}
const TABLE = profileOf(ROWS);
const likelihood = (given: object): LikelihoodSpec => modelSpec({ likelihood: given }).likelihood;

const COLUMNS = {
  age: { name: 'age', likelihood: { family: 'gaussian' }, missing: true },
  visits: { name: 'visits', likelihood: { family: 'poisson' } },
  city: { name: 'city', likelihood: { family: 'categorical', categories: 3 } },
  member: { name: 'member', likelihood: { family: 'bernoulli' } },
};
const mixed = (changes: object = {}): LikelihoodSpec =>
  likelihood({ family: 'mixed', columns: Object.values({ ...COLUMNS, ...changes }) });
const problems = (spec: LikelihoodSpec, profile = TABLE, named = true) =>
  fitProblems(spec, { profile, named });

describe('a likelihood', () => {
  it('fits the columns that it was made for', () => {
    expect(problems(mixed())).toEqual([]);
    expect(problems(mixed({ city: { ...COLUMNS.city, labels: CITIES } }))).toEqual([]);
  });

  it.each<[string, object, string, RegExp, RegExp]>([
    ['another name', { age: { ...COLUMNS.age, name: 'years' } }, '/columns/0/name', /^years$/, /^age, as in/],
    [
      'missing values that it does not allow',
      { age: { ...COLUMNS.age, missing: false } },
      '/columns/0/missing',
      /missing values in column age \(33 % of the rows\)/,
      /missing: true/,
    ],
    [
      'values outside',
      { age: { ...COLUMNS.age, likelihood: { family: 'poisson' } } },
      '/columns/0/likelihood',
      /values from -4 to 31.5 in column age/,
      /whole number from 0 to 2\^24 \(the likelihood of the column is poisson\)/,
    ],
    [
      'a category too few',
      { visits: { name: 'visits', likelihood: { family: 'categorical', categories: 7 } } },
      '/columns/1/likelihood',
      /values from 0 to 7/,
      /a code from 0 to 6/,
    ],
    [
      'words under a likelihood of numbers',
      { city: { name: 'city', likelihood: { family: 'gaussian' } } },
      '/columns/2/likelihood',
      /gaussian for column city, which holds 3 different words/,
      /categorical with 3 categories/,
    ],
    [
      'other labels',
      { city: { ...COLUMNS.city, labels: ['Oslo', 'Bodø', 'Bergen'] } },
      '/columns/2/labels',
      /words that differ/,
      /taken from the data set/,
    ],
  ])('does not fit %s', (_, change, pointer, found, allowed) => {
    const [first, ...others] = problems(mixed(change));
    expect([first?.pointer, others]).toEqual([pointer, []]);
    expect(first?.found).toMatch(found);
    expect(first?.allowed).toMatch(allowed);
  });

  it('may name columns that have no names', () => {
    expect(problems(mixed({ age: { ...COLUMNS.age, name: 'years' } }), TABLE, false)).toEqual([]);
  });

  it.each<[object, readonly (readonly number[])[], RegExp]>([
    [{ family: 'poisson' }, [[1], [2.5]], /values in column age that are not whole numbers/],
    [{ family: 'poisson' }, [[1], [-1]], /values from -1 to 1 in column age/],
    [{ family: 'gaussian' }, [[1], [NaN]], /missing values in column age/],
    [{ family: 'bernoulli' }, [[1], [1.1]], /values from 1 to 1.1/],
    [{ family: 'gaussian' }, ROWS.slice(2), /words in column city/],
  ])('%j does not fit %j', (given, rows, found) => {
    const [first, ...others] = problems(likelihood(given), profileOf(rows));
    expect(first).toMatchObject({ pointer: '', found: expect.stringMatching(found) as string });
    expect(others).toEqual([]);
  });

  it('of robust columns explains numbers of any size, and -1 in columns of codes and counts', () => {
    const [number, code] = [{ outliers: {} }, { other: {} }];
    const robust = mixed({
      age: { ...COLUMNS.age, likelihood: { family: 'log_normal', ...number } },
      visits: { ...COLUMNS.visits, likelihood: { family: 'poisson', ...number, ...code } },
      city: { ...COLUMNS.city, likelihood: { ...COLUMNS.city.likelihood, ...code } },
      member: { ...COLUMNS.member, likelihood: { family: 'bernoulli', ...code } },
    });
    const strange = [-1e30, -1, -1, -1];
    expect(problems(robust, profileOf([...ROWS, strange]))).toEqual([]);
    expect(problems(mixed(), profileOf([...ROWS, strange]))).toHaveLength(3);
    const check = createRowCheck(robust, 4, 1);
    expect(check([...ROWS.flat(), ...strange, 0, 1e30, 2, 1])).toBeNull();
    expect(check([1, -2, 0, 0])).toMatchObject({
      column: 1,
      found: '-2',
      allowed: 'a whole number of at least 0, or -1 for any other',
    });
    expect(check([1, 0, 3, 0])).toMatchObject({ column: 2, found: '3' });
    expect(check([1, 0, 0, -0.5])).toMatchObject({ column: 3, found: '-0.5' });
  });

  it('takes the words of the data set where it has none of its own', () => {
    const spec = addColumnFacts(mixed(), TABLE);
    const columns = spec.family === 'mixed' ? spec.columns : [];
    expect(columns.map(({ labels }) => labels)).toEqual([undefined, undefined, CITIES, ['no', 'yes']]);
    expect(addColumnFacts(mixed(), null)).toEqual(mixed());
  });

  it('takes the ranges of numbers and counts where it has none of its own', () => {
    const rangesOf = (spec: LikelihoodSpec) => listRanges(addColumnFacts(spec, TABLE));
    const visits = { minimum: 0, maximum: 7 };
    expect(rangesOf(mixed())).toEqual([{ minimum: -4, maximum: 31.5 }, visits, null, null]);
    const age = { ...COLUMNS.age, range: { minimum: 0, maximum: 120 } };
    expect(rangesOf(mixed({ age }))).toEqual([age.range, visits, null, null]);
    expect(rangesOf(mixed({ age: { ...age, range: null } }))).toEqual([null, visits, null, null]);
  });

  it('takes ranges whose ends, as they are written, are not beyond those of the file', () => {
    const [low, high] = [-0.1, 760_167_650];
    const [column] = profileOf([[low], [high]]).columns;
    const rangeOf = (changes: Partial<ColumnProfile>) => column && findRange({ ...column, ...changes });
    expect(rangeOf({})).toEqual({ minimum: Math.fround(low), maximum: Math.fround(high) });
    expect(rangeOf({ role: 'number', decimals: 1 })).toEqual({
      minimum: Math.fround(low),
      maximum: 760_167_680 - 128,
    });
    const rounded = {
      minimum: Math.fround(760_167_700),
      maximum: 2 ** 30,
      role: 'number',
      decimals: 0,
    } as const;
    expect(rangeOf(rounded)).toEqual({ minimum: rounded.minimum + 128, maximum: 2 ** 30 - 256 });
  });
});

describe('a look at every row', () => {
  const onehot = likelihood({ family: 'categorical', groups: [2, 1] });

  it('is needed for one-hot groups, and where columns were not looked at one by one', () => {
    const images = profileOf([[1, 0, 1, 0]], [2, 2]);
    expect(needsRowCheck(onehot, TABLE)).toBe(true);
    expect(needsRowCheck(mixed(), images)).toBe(true);
    expect(needsRowCheck(likelihood({ family: 'poisson' }), null)).toBe(true);
    expect(needsRowCheck(mixed(), TABLE)).toBe(false);
    expect(needsRowCheck(likelihood({ family: 'poisson' }), images)).toBe(false);
  });

  it('finds the first value that is not explained', () => {
    const check = createRowCheck(mixed(), 4, 1);
    expect(check(ROWS.flat())).toBeNull();
    expect(check([...ROWS.flat(), 1, NaN, 0, 0])).toMatchObject({ row: 3, column: 1, found: 'no value' });
    expect(check([...ROWS.flat(), 1, 2, 3, 0])).toMatchObject({ row: 3, column: 2, found: '3' });
    expect(createRowCheck(likelihood({ family: 'poisson' }), 1, 0.5)([2, 3])).toMatchObject({
      row: 1,
      found: '1.5',
    });
  });

  it('finds groups with more than a single one', () => {
    const check = createRowCheck(onehot, 3, 1);
    expect(check([1, 0, 1, 0, 0, 0])).toBeNull();
    expect(check([0, 1, 0, 1, 1, 0])).toEqual({
      row: 1,
      column: 0,
      found: '2 ones in the one-hot group of columns 1 to 2',
      allowed: 'at most one',
    });
    expect(check([0.5, 0.5, 0])).toMatchObject({ column: 0, found: '0.5', allowed: '0 or 1' });
  });
});
