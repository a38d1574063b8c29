import { describe, expect, it } from 'vitest';
import {
  createTableProfiler,
  fitProblems,
  profiler,
  propose,
  warningsFor,
  type DatasetProfile,
} from '../../../src/model/dataset.ts';
import { computeStudentGain } from '../../../src/model/dataset/tails.ts';
import {
  likelihoodProblems,
  type ColumnSpec,
  type LikelihoodSpec,
} from '../../../src/model/specification.ts';
import {
  createRowEncoder,
  createTableDetector,
  listFeatures,
  type Cell,
  type Role,
} from '../../../src/model/table.ts';

const ROWS = 600;

/** Numbers in [0, 1) that look random and are the same in every run. */
function createUniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

const uniform = createUniform(7);
const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
/** By inversion. */
function drawPoisson(mean: number): number {
  let [count, product] = [0, uniform()];
  while (product > Math.exp(-mean)) {
    product *= uniform();
    count += 1;
  }
  return count;
}

type Columns = Readonly<Record<string, (row: number) => Cell>>;

function encode(
  columns: Columns,
  overrides: Readonly<Record<string, Role>> = {},
  names = Object.keys(columns),
) {
  const rows = Array.from({ length: ROWS }, (_, row) => Object.values(columns).map((of) => of(row)));
  const isNamed = names.length > 0;
  const detector = createTableDetector({ names: isNamed ? names : null, overrides });
  for (const row of rows) detector.add(row);
  const { schema, problems } = detector.finish();
  expect(problems).toEqual([]);
  const size = listFeatures(schema).length;
  const values = new Float32Array(ROWS * size);
  const write = createRowEncoder(schema);
  const unread = rows.flatMap((row, i) => write(row, values, i * size));
  expect(unread).toEqual([]);
  return { schema, values, size };
}

function profileTable(columns: Columns, overrides?: Readonly<Record<string, Role>>): DatasetProfile {
  const { schema, values } = encode(columns, overrides);
  const made = createTableProfiler(schema);
  // Chunks may end anywhere.
  made.add(values.subarray(0, 7));
  made.add(values.subarray(7));
  return made.result(1);
}

function proposeColumns(columns: Columns, overrides?: Readonly<Record<string, Role>>): readonly ColumnSpec[] {
  const profile = profileTable(columns, overrides);
  const { likelihood, binarization } = propose(profile);
  if (likelihood?.family !== 'mixed') throw new Error('the proposal is not mixed');
  expect(binarization).toBe('none');
  expect(likelihoodProblems(likelihood, profile.columns.length)).toEqual([]);
  expect(fitProblems(likelihood, { profile, named: true })).toEqual([]);
  return likelihood.columns;
}

const words = ['red', 'green', 'blue'];
const TABLE: Columns = {
  price: () => Math.exp(3 + normal()),
  celsius: () => 10 + 5 * normal(),
  error: () => normal() / Math.sqrt(-Math.log(uniform())),
  cylinders: (row) => [4, 6, 8][row % 3] ?? 0,
  calls: () => drawPoisson(2),
  visits: () => drawPoisson(uniform() < 0.5 ? 0.5 : 7),
  colour: (row) => words[row % 3] ?? null,
  paid: (row) => (row % 4 === 0 ? null : row % 3 === 0 ? 'yes' : 'no'),
  bit: (row) => row % 2,
  at: (row) => new Date(Date.UTC(2020, 0, 1) + row * 2 * 86_400_000).toISOString().slice(0, 10),
  id: (row) => `order ${row}`,
};

describe('the likelihood proposed for a table', () => {
  const columns = proposeColumns(TABLE);

  it('has the family that role and values call for', () => {
    expect(columns.map(({ name, likelihood }) => [name, likelihood.family])).toEqual([
      ['price', 'log_normal'],
      ['celsius', 'gaussian'],
      ['error', 'student_t'],
      ['cylinders', 'gaussian'],
      ['calls', 'poisson'],
      ['visits', 'negative_binomial'],
      ['colour', 'categorical'],
      ['paid', 'bernoulli'],
      ['bit', 'bernoulli'],
      ['at', 'gaussian'],
      ['at (weekday)', 'categorical'],
      ['at (month)', 'categorical'],
    ]);
  });

  it('explains every value: codes and counts have another outcome, numbers and counts outliers', () => {
    const robust = columns.map(({ name, likelihood }) => [
      name,
      'other' in likelihood,
      'outliers' in likelihood,
    ]);
    expect(robust).toEqual([
      ['price', false, true],
      ['celsius', false, true],
      ['error', false, true],
      ['cylinders', false, true],
      ['calls', true, true],
      ['visits', true, true],
      ['colour', true, false],
      ['paid', true, false],
      ['bit', true, false],
      ['at', false, true],
      ['at (weekday)', false, false],
      ['at (month)', false, false],
    ]);
  });

  it('knows the words and what may be missing', () => {
    const named = columns
      .filter(({ labels }) => labels)
      .map(({ name, labels }) => [name, labels?.slice(0, 3)]);
    expect(named).toEqual([
      ['colour', words],
      ['paid', ['no', 'yes']],
      ['at (weekday)', ['Monday', 'Tuesday', 'Wednesday']],
      ['at (month)', ['January', 'February', 'March']],
    ]);
    expect(columns.filter(({ missing }) => missing).map(({ name }) => name)).toEqual(['paid']);
  });

  it('follows roles that were chosen', () => {
    const chosen = proposeColumns(
      {
        cylinders: TABLE['cylinders'] ?? (() => 0),
        calls: TABLE['calls'] ?? (() => 0),
        colour: TABLE['colour'] ?? (() => 0),
      },
      { cylinders: 'category', calls: 'number', colour: 'ignore' },
    );
    expect(chosen.map(({ name, labels }) => [name, labels])).toEqual([
      ['cylinders', ['4', '6', '8']],
      ['calls', undefined],
    ]);
    expect(chosen[0]?.likelihood.family).toBe('categorical');
    expect(chosen[1]?.likelihood).not.toHaveProperty('other');
  });

  it('warns of missing values, but not of words that look like numbers: roles have decided', () => {
    const profile = profileTable(
      { ...TABLE, cylinders: (row) => [4, 6, 8][row % 3] ?? 0 },
      { cylinders: 'category' },
    );
    const warnings = warningsFor(profile, propose(profile).likelihood, 'none');
    expect(warnings.join(' ')).toContain('Column paid has missing values');
    expect(warnings.join(' ')).not.toContain('look like numbers');
  });
});

describe('words beyond those that are kept', () => {
  const columns: Columns = {
    word: (row) => (row % 2 === 0 ? 'often' : `rare ${row % 37}`),
    x: () => normal(),
  };
  const { schema, values } = encode(columns);

  it('count as other in the profile, and need a likelihood with that outcome', () => {
    const few = structuredClone(schema);
    const [word] = few.columns;
    if (word?.role === 'category') word.labels = word.labels.slice(0, 5);
    const others = values.map((value, i) => (i % 2 === 0 && value >= 5 ? -1 : value));
    const made = createTableProfiler(few);
    made.add(others);
    const profile = made.result(1);
    const share = others.filter((value, i) => i % 2 === 0 && value === -1).length / ROWS;
    expect(profile.columns[0]).toMatchObject({ minimum: 0, maximum: 4, missing: 0, other: share });
    const plain: LikelihoodSpec = {
      family: 'mixed',
      columns: [
        { name: 'word', likelihood: { family: 'categorical', categories: 5 }, missing: false },
        {
          name: 'x',
          likelihood: { family: 'gaussian', standardise: 'per_element', minimum_standard_deviation: 0.01 },
          missing: false,
        },
      ],
    };
    const [problem] = fitProblems(plain, { profile, named: true });
    expect(problem).toMatchObject({ pointer: '/columns/0/likelihood' });
    expect(problem?.allowed).toContain('other: {}');
  });
});

describe('a table without names whose values all lie in [0, 1]', () => {
  it.each([
    ['bits', (row: number) => (row * 7) % 2],
    ['grey values', () => uniform()],
  ])('gets what an array gets: %s', (_what, of) => {
    const { schema, values, size } = encode({ a: of, b: of, c: (row) => of(row + 1) }, {}, []);
    const [table, array] = [createTableProfiler(schema), profiler([size], 'float32', 1)];
    table.add(values);
    array.add(values);
    expect(table.result(1)).toEqual(array.result(1));
    expect(propose(table.result(1))).toEqual(propose(array.result(1)));
  });

  it('is a table as soon as one value lies outside', () => {
    const { schema, values } = encode(
      { a: (row) => row % 2, b: (row) => (row === 5 ? 2.5 : uniform()) },
      {},
      [],
    );
    const table = createTableProfiler(schema);
    table.add(values);
    expect(propose(table.result(1)).likelihood?.family).toBe('mixed');
  });
});

describe('the gain of a Student t over a Gaussian', () => {
  it('is negative for Gaussian values, and the difference of entropies for Student values', () => {
    const gaussian = Array.from({ length: 4000 }, normal);
    expect(computeStudentGain(gaussian)).toBeLessThan(0);
    // Student t with 5 degrees of freedom: a Gaussian over the root of a chi-squared over 5.
    const student = Array.from({ length: 4000 }, () => {
      const squares = Array.from({ length: 5 }, () => normal() ** 2).reduce((sum, square) => sum + square, 0);
      return normal() / Math.sqrt(squares / 5);
    });
    // 0.5 log(2 pi e 5/3) - 1.6275 nats, the entropy of the t distribution (SciPy: stats.t(5).entropy()).
    expect(computeStudentGain(student)).toBeCloseTo(
      0.5 * Math.log((2 * Math.PI * Math.E * 5) / 3) - 1.6275,
      1,
    );
  });

  it('does not count extreme outliers, which have a distribution of their own', () => {
    const values = [...Array.from({ length: 1000 }, normal), 1e6, -1e9];
    expect(computeStudentGain(values)).toBeLessThan(0.02);
    expect(computeStudentGain([3, 3, 3, 3])).toBe(0);
  });
});
