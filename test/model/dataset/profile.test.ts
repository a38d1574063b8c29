import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  columnName,
  fitProblems,
  profiler,
  propose,
  warningsFor,
  type DatasetProfile,
} from '../../../src/model/dataset.ts';
import { likelihoodProblems, valueDomain, type LikelihoodSpec } from '../../../src/model/specification.ts';
import { numbers } from '../../support/numbers.ts';
import { modelSpec } from '../../support/specifications.ts';

const ROWS = 400;
const source = numbers(12);
type Draw = () => number;

const poisson = (mean: number) => {
  let [count, left] = [0, mean + Math.log(1 - source.uniform())];
  for (; left > 0; count++) left += Math.log(1 - source.uniform());
  return count;
};
const DRAWS = {
  bit: () => Number(source.uniform() < 0.3),
  smooth: () => source.uniform() ** 2,
  steady: () => 0.5 + 0.05 * source.normal(),
  pixel: () => Math.min(1, Math.max(0, source.uniform(-2, 3))),
  rare: () => poisson(0.2),
  count: () => poisson(4),
  year: () => 1990 + Math.floor(source.uniform(0, 30)),
  class: () => Math.floor(source.uniform(1, 6)),
  word: () => Math.floor(source.uniform(0, 3)),
  flag: () => Number(source.uniform() < 0.3),
  date: () => Math.floor(source.uniform(0, 2)),
  real: () => 20 + 5 * source.normal(),
  income: () => Math.exp(9 + source.normal()),
  gappy: () => (source.uniform() < 0.2 ? NaN : source.normal()),
  gappyBit: () => (source.uniform() < 0.2 ? NaN : Number(source.uniform() < 0.3)),
  sparse: () => (source.uniform() < 0.8 ? 0 : -10 * source.normal()),
  three: () => 3,
  zero: () => 0,
  nothing: () => NaN,
} satisfies Record<string, Draw>;
type Name = keyof typeof DRAWS;
/** Columns that hold the codes of words. */
const LABELS: Partial<Record<Name, readonly string[]>> = {
  word: ['green', 'red', 'blue'],
  flag: ['No', 'Yes'],
  date: ['2020-01-31', '2020-02-01'],
};

/** Of a table, given in pieces that are cut anywhere. */
function profileOf(names: readonly Name[], rowShape = [names.length]): DatasetProfile {
  const made = profiler(rowShape, 'float32', 1);
  const values = Float32Array.from({ length: ROWS * names.length }, (_, i) =>
    DRAWS[names[i % names.length] ?? 'zero'](),
  );
  for (let start = 0; start < values.length; start += 101) made.add(values.subarray(start, start + 101));
  return made.result(1, { names, labels: names.map((name) => LABELS[name] ?? null) });
}
const proposalOf = (...names: Name[]) => propose(profileOf(names));
function warningsOf(...names: Name[]): string[] {
  const profile = profileOf(names);
  const { likelihood, binarization } = propose(profile);
  return warningsFor(profile, likelihood, binarization);
}

describe('a column', () => {
  it.each([
    ['bit', 'binary'],
    ['smooth', 'grey'],
    ['steady', 'grey'],
    ['pixel', 'grey'],
    ['rare', 'count'],
    ['count', 'count'],
    ['year', 'real'],
    ['class', 'categorical'],
    ['word', 'categorical'],
    ['flag', 'binary'],
    ['real', 'real'],
    ['income', 'positive'],
    ['gappy', 'real'],
    ['gappyBit', 'binary'],
    ['sparse', 'real'],
    ['three', 'constant'],
    ['nothing', 'empty'],
  ] as const)('of %s is %s', (name, kind) => {
    const [column] = profileOf([name]).columns;
    expect([column?.name, column?.kind]).toEqual([name, kind]);
    expect(column?.reason).not.toBe('');
  });
});

describe('the summary of a column', () => {
  it('counts and averages the values that are there, after the scale', () => {
    const made = profiler([2], 'float32', 0.5);
    made.add(new Float32Array([10, NaN, 20, 0, NaN, 2]));
    const { columns } = made.result(0.5);
    expect(columns[0]).toMatchObject({ missing: 1 / 3, minimum: 5, maximum: 10, mean: 7.5, variance: 6.25 });
    expect(columns[1]).toMatchObject({
      missing: 1 / 3,
      distinct: 2,
      zeros: 0.5,
      extremes: 1,
      integers: true,
    });
    expect(columns.map(({ name }) => name)).toEqual(['column_1', 'column_2']);
  });

  it('has no numbers where there are none', () => {
    const [column] = profileOf(['nothing']).columns;
    expect(column).toMatchObject({ minimum: null, maximum: null, mean: null, variance: null, missing: 1 });
  });

  it('keeps the words that codes stand for', () => {
    const [column] = profileOf(['word']).columns;
    expect(column).toMatchObject({
      labels: ['green', 'red', 'blue'],
      distinct: 3,
      reason: '3 different words',
    });
  });

  it('gives up counting different values where there are many', () => {
    expect(profileOf(['real']).columns[0]?.distinct).toBeNull();
  });

  it('is the same of bytes and of the numbers they stand for, wherever they are cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 6, maxLength: 60 }),
        fc.nat(59),
        fc.boolean(),
        (bytes, at, wide) => {
          const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
          const shape = wide ? [3, 1] : [3];
          const [ofBytes, ofNumbers] = [profiler(shape, 'uint8', 1), profiler(shape, 'float32', 1 / 255)];
          for (const piece of [whole.subarray(0, at), whole.subarray(at)]) {
            ofBytes.add(piece);
            ofNumbers.add(Float32Array.from(piece));
          }
          const [one, other] = [ofBytes.result(1 / 255), ofNumbers.result(1 / 255)];
          one.columns.forEach(({ mean, variance, reason, ...column }, i) => {
            expect(reason).not.toBe('');
            expect(other.columns[i]).toMatchObject(column);
            expect(mean).toBeCloseTo(other.columns[i]?.mean ?? NaN, 12);
            expect(variance).toBeCloseTo(other.columns[i]?.variance ?? NaN, 12);
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is one for all values of images, and of rows too wide for columns of their own', () => {
    const profile = profileOf(['pixel', 'pixel', 'zero', 'zero'], [2, 2]);
    expect(profile).toMatchObject({ per_column: false, columns: [{ name: 'values', kind: 'grey' }] });
    expect(profiler([4097], 'uint8', 1).result(1).per_column).toBe(false);
  });
});

describe('a proposal', () => {
  const GAUSSIAN = { standardise: 'per_element', minimum_standard_deviation: 0.01 } as const;
  const cases: readonly { names: readonly Name[]; likelihood: LikelihoodSpec; binarization?: string }[] = [
    { names: ['bit', 'bit', 'zero'], likelihood: { family: 'bernoulli' } },
    { names: ['pixel', 'pixel', 'zero'], likelihood: { family: 'bernoulli' }, binarization: 'dynamic' },
    { names: ['smooth', 'smooth', 'pixel'], likelihood: { family: 'continuous_bernoulli' } },
    {
      names: ['steady', 'steady', 'smooth'],
      likelihood: {
        family: 'gaussian',
        mean: 'unit_interval',
        variance: 'per_element',
        minimum_standard_deviation: 0.01,
      },
    },
    { names: ['count', 'rare', 'bit', 'zero'], likelihood: { family: 'poisson' } },
    {
      names: ['real', 'year', 'three'],
      likelihood: { family: 'gaussian', mean: 'free', variance: 'per_element', ...GAUSSIAN },
    },
    {
      names: ['real', 'word', 'gappy', 'count', 'flag', 'income', 'zero', 'three', 'class', 'nothing'],
      likelihood: {
        family: 'mixed',
        columns: [
          { name: 'real', likelihood: { family: 'gaussian', ...GAUSSIAN }, missing: false },
          {
            name: 'word',
            likelihood: { family: 'categorical', categories: 3 },
            missing: false,
            labels: ['green', 'red', 'blue'],
          },
          { name: 'gappy', likelihood: { family: 'gaussian', ...GAUSSIAN }, missing: true },
          { name: 'count', likelihood: { family: 'poisson' }, missing: false },
          { name: 'flag', likelihood: { family: 'bernoulli' }, missing: false, labels: ['No', 'Yes'] },
          { name: 'income', likelihood: { family: 'log_normal', ...GAUSSIAN }, missing: false },
          { name: 'zero', likelihood: { family: 'bernoulli' }, missing: false },
          { name: 'three', likelihood: { family: 'gaussian', ...GAUSSIAN }, missing: false },
          { name: 'class', likelihood: { family: 'categorical', categories: 6 }, missing: false },
          { name: 'nothing', likelihood: { family: 'gaussian', ...GAUSSIAN }, missing: true },
        ],
      },
    },
  ];

  it.each(cases)('for $names is $likelihood.family', ({ names, likelihood, binarization = 'none' }) => {
    const proposal = proposalOf(...names);
    expect(proposal.likelihood).toEqual(likelihood);
    expect(proposal.binarization).toBe(binarization);
    expect(proposal.reasons.length).toBeGreaterThan(0);
    expect(likelihoodProblems(likelihood, names.length)).toEqual([]);
    // Whatever is proposed can be posted, and is complete.
    expect(modelSpec({ likelihood }).likelihood).toEqual(likelihood);
  });

  it('is mixed where a single value is missing', () => {
    expect(proposalOf('bit', 'gappy').likelihood?.family).toBe('mixed');
  });

  it('is mixed where there are words, so that they are kept', () => {
    expect(proposalOf('flag', 'bit').likelihood?.family).toBe('mixed');
  });

  it.each<[string, Name[], string | undefined]>([
    ['black and white', ['bit', 'bit'], 'bernoulli'],
    ['grey', ['pixel', 'pixel'], 'bernoulli'],
    ['steady grey', ['steady', 'steady'], 'gaussian'],
    ['counted', ['count', 'count'], 'poisson'],
    ['numbered', ['class', 'class'], 'gaussian'],
    ['real', ['real', 'real'], 'gaussian'],
    ['incomplete', ['gappy', 'real'], undefined],
  ])('for %s images is one for all values, or none', (_, names, family) => {
    expect(propose(profileOf(names, [2, 1])).likelihood?.family).toBe(family);
  });

  it.each<[Name[], string]>([
    [['real', 'three'], 'Column three has only one value'],
    [['gappy', 'real'], 'Column gappy has missing values'],
    [['sparse', 'real'], 'Column sparse has many values that are exactly 0'],
    [['date', 'real'], 'Column date has words that look like numbers or dates'],
    [['nothing', 'real'], 'Column nothing has no value: nothing can be learned'],
  ])('for %j warns: %s', (names, warning) => {
    expect(warningsOf(...names)).toEqual([expect.stringContaining(warning)]);
  });

  it('has nothing to warn of where all is well', () => {
    expect(warningsOf('bit', 'bit')).toEqual([]);
    expect(warningsOf('real', 'count', 'class', 'word', 'flag')).toEqual([]);
  });
});

describe('whatever the data', () => {
  const cell = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -2, max: 5 }) },
    fc.integer({ min: 0, max: 2000 }),
    fc.float({ min: -1e3, max: 1e3, noNaN: true }),
    fc.float({ min: 0, max: 1, noNaN: true }),
    fc.constant(NaN),
  );
  const tables = fc
    .integer({ min: 1, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 30 }),
    );

  it('the likelihood that is proposed can be posted and explains every value', () => {
    fc.assert(
      fc.property(tables, (rows) => {
        const width = rows[0]?.length ?? 0;
        const made = profiler([width], 'float32', 1);
        made.add(Float32Array.from(rows.flat()));
        const profile = made.result(1);
        const { likelihood } = propose(profile);
        if (likelihood === null) throw new Error('a table has a likelihood');
        expect(modelSpec({ likelihood }).likelihood).toEqual(likelihood);
        expect(likelihoodProblems(likelihood, width)).toEqual([]);
        expect(fitProblems(likelihood, { profile, named: true })).toEqual([]);
        for (const row of rows) {
          row.forEach((value, i) => {
            const { low, high, integer, missing } = valueDomain(likelihood, i);
            if (Number.isNaN(value)) expect(missing).toBe(true);
            else expect(value >= low && value <= high && (!integer || Number.isInteger(value))).toBe(true);
          });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('warnings', () => {
  it('say what grey values under a Bernoulli mean, unless they are binarized', () => {
    const profile = profileOf(['smooth', 'bit']);
    expect(warningsFor(profile, { family: 'bernoulli' }, 'none')).toEqual([
      expect.stringContaining('Column smooth has grey values under a Bernoulli without binarization'),
    ]);
    expect(warningsFor(profile, { family: 'bernoulli' }, 'static')).toEqual([]);
    const images = profileOf(['smooth', 'bit'], [1, 2]);
    expect(warningsFor(images, { family: 'bernoulli' }, 'none')).toEqual([
      expect.stringContaining('The data have grey values under a Bernoulli'),
    ]);
  });

  it('name a few columns and count the others', () => {
    const made = profiler([9], 'float32', 1);
    made.add(new Float32Array(18));
    expect(warningsFor(made.result(1), { family: 'bernoulli' }, 'none')).toEqual([
      '9 columns (column_1, column_2, column_3, column_4, column_5 and 4 more) have only one value: nothing can be learned from it.',
    ]);
    expect(columnName(8)).toBe('column_9');
  });
});
