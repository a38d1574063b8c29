import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { read, type Cell } from '../../../src/model/dataset/column.ts';
import { codeOf, numberedNames, profiler, type DatasetProfile } from '../../../src/model/dataset/profile.ts';
import { warningsFor } from '../../../src/model/dataset/warnings.ts';
import { likelihoodProblems, valueDomain, type LikelihoodSpec } from '../../../src/model/spec.ts';
import { numbers } from '../../support/numbers.ts';
import { modelSpec } from '../../support/tiny-model.ts';

const ROWS = 400;
const source = numbers(12);
type Draw = () => Cell;

const poisson = (mean: number) => {
  let [count, left] = [0, mean + Math.log(1 - source.uniform())];
  for (; left > 0; count++) left += Math.log(1 - source.uniform());
  return count;
};
const DRAWS = {
  bit: () => Number(source.uniform() < 0.3),
  bitText: () => String(Number(source.uniform() < 0.3)),
  smooth: () => source.uniform() ** 2,
  steady: () => 0.5 + 0.05 * source.normal(),
  pixel: () => Math.min(1, Math.max(0, source.uniform(-2, 3))),
  rare: () => poisson(0.2),
  count: () => poisson(4),
  year: () => 1990 + Math.floor(source.uniform(0, 30)),
  class: () => Math.floor(source.uniform(0, 6)),
  label: () => ['red', 'green', 'blue'][Math.floor(source.uniform(0, 3))] ?? '',
  id: () => `user ${source.uniform()}`,
  real: () => 20 + 5 * source.normal(),
  income: () => Math.exp(9 + source.normal()),
  gappy: () => (source.uniform() < 0.2 ? NaN : source.normal()),
  gappyText: () => (source.uniform() < 0.2 ? ' NA ' : '7.5e-1'),
  sparse: () => (source.uniform() < 0.8 ? 0 : -10 * source.normal()),
  three: () => 3,
  zero: () => 0,
  nothing: () => null,
} satisfies Record<string, Draw>;
type Name = keyof typeof DRAWS;

function profileOf(names: readonly Name[], scale = 1): DatasetProfile {
  const made = profiler(names);
  for (let row = 0; row < ROWS; row++)
    made.add(
      names.map((name) => DRAWS[name]()),
      scale,
    );
  return made.result();
}
const proposalOf = (...names: Name[]) => profileOf(names).proposal;

describe('a column', () => {
  it.each([
    ['bit', 'binary'],
    ['bitText', 'binary'],
    ['smooth', 'grey'],
    ['steady', 'grey'],
    ['pixel', 'grey'],
    ['rare', 'count'],
    ['count', 'count'],
    ['year', 'real'],
    ['class', 'category'],
    ['label', 'category'],
    ['id', 'text'],
    ['real', 'real'],
    ['income', 'positive'],
    ['gappy', 'real'],
    ['gappyText', 'constant'],
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
    const made = profiler(['a', 'b']);
    made.add([10, null, 20, 0, NaN, 30], 0.1);
    const { rows, columns } = made.result();
    expect(rows).toBe(3);
    expect(columns[0]).toMatchObject({ missing: 1 / 3, minimum: 1, maximum: 2, mean: 1.5, variance: 0.25 });
    expect(columns[1]).toMatchObject({ missing: 1 / 3, distinct: 2, zeros: 0.5, extremes: 0.5 });
  });

  it('has no numbers where there are only labels', () => {
    const [column] = profileOf(['label']).columns;
    expect(column).toMatchObject({ minimum: null, maximum: null, mean: null, variance: null, distinct: 3 });
    expect(column?.labels).toEqual(['blue', 'green', 'red']);
  });

  it('gives up counting different values where there are many', () => {
    expect(profileOf(['real']).columns[0]?.distinct).toBeNull();
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
      names: ['real', 'label', 'gappy', 'count', 'bit', 'income', 'zero', 'three'],
      likelihood: {
        family: 'mixed',
        columns: [
          { name: 'real', likelihood: { family: 'gaussian', ...GAUSSIAN }, missing: false },
          { name: 'label', likelihood: { family: 'categorical', categories: 3 }, missing: false },
          { name: 'gappy', likelihood: { family: 'gaussian', ...GAUSSIAN }, missing: true },
          { name: 'count', likelihood: { family: 'poisson' }, missing: false },
          { name: 'bit', likelihood: { family: 'bernoulli' }, missing: false },
          { name: 'income', likelihood: { family: 'log_normal', ...GAUSSIAN }, missing: false },
          { name: 'zero', likelihood: { family: 'bernoulli' }, missing: false },
          { name: 'three', likelihood: { family: 'gaussian', ...GAUSSIAN }, missing: false },
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

  it('leaves out what no likelihood explains', () => {
    const proposal = proposalOf('id', 'real', 'nothing', 'label');
    const columns = proposal.likelihood?.family === 'mixed' ? proposal.likelihood.columns : [];
    expect(columns.map(({ name }) => name)).toEqual(['real', 'label']);
    expect(proposal.leave_out).toEqual(['id', 'nothing']);
  });

  it('is none where no column can be used', () => {
    expect(proposalOf('id', 'nothing')).toMatchObject({ likelihood: null, leave_out: ['id', 'nothing'] });
  });

  it.each([
    [['real', 'three'], 'Column three has one value alone'],
    [['gappy', 'real'], 'Column gappy has missing values'],
    [['sparse', 'real'], 'Column sparse has many values that are exactly 0'],
    [['label', 'real'], 'Column label has labels: they are stored as codes'],
    [['id', 'nothing', 'real'], '2 columns (id, nothing) have nothing that can be learned'],
  ] as const)('for %j warns: %s', (names, warning) => {
    expect(proposalOf(...names).warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('has nothing to warn of where all is well', () => {
    expect(proposalOf('bit', 'bit').warnings).toEqual([]);
    expect(proposalOf('real', 'count', 'class').warnings).toEqual([]);
  });
});

describe('whatever the data', () => {
  const cell = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -2, max: 5 }) },
    fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom('a', 'b', 'NA', '1', '', null, NaN),
  );
  const tables = fc
    .integer({ min: 1, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 30 }),
    );

  it('the likelihood that is proposed can be posted and explains every value', () => {
    fc.assert(
      fc.property(tables, (rows) => {
        const names = numberedNames(rows[0]?.length ?? 0);
        const made = profiler(names);
        made.add(rows.flat());
        const { columns, proposal } = made.result();
        const used = columns.filter(({ name }) => !proposal.leave_out.includes(name));
        const { likelihood } = proposal;
        expect(likelihood === null).toBe(used.length === 0);
        if (likelihood === null) return;
        expect(modelSpec({ likelihood }).likelihood).toEqual(likelihood);
        expect(likelihoodProblems(likelihood, used.length)).toEqual([]);
        used.forEach(({ name, labels }, i) => {
          const { low, high, integer, missing } = valueDomain(likelihood, i);
          for (const row of rows) {
            const own = row[names.indexOf(name)] ?? null;
            const value = labels ? codeOf(own, labels) : Number(read(own) ?? NaN);
            if (Number.isNaN(value)) expect(missing).toBe(true);
            else expect(value >= low && value <= high && (!integer || Number.isInteger(value))).toBe(true);
          }
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('warnings', () => {
  it('say what grey values under a Bernoulli mean, unless they are binarized', () => {
    const { columns } = profileOf(['smooth', 'bit']);
    expect(warningsFor(columns, { family: 'bernoulli' }, 'none')).toEqual([
      expect.stringContaining('Column smooth has grey values under a Bernoulli without binarization'),
    ]);
    expect(warningsFor(columns, { family: 'bernoulli' }, 'static')).toEqual([]);
  });

  it('name a few columns and count the others', () => {
    const made = profiler(numberedNames(9));
    made.add(new Float32Array(18));
    expect(made.result().proposal.warnings).toEqual([
      '9 columns (column_1, column_2, column_3, column_4, column_5 and 4 more) have one value alone: nothing can be learned from it.',
    ]);
  });
});

describe('codeOf', () => {
  it('is the position of a label, and NaN for none', () => {
    const labels = ['blue', 'green'];
    expect(['green', ' blue ', '', 'NA', null].map((cell) => codeOf(cell, labels))).toEqual([
      1,
      0,
      NaN,
      NaN,
      NaN,
    ]);
    expect(() => codeOf('red', labels)).toThrow('red is none of blue, green');
  });
});
