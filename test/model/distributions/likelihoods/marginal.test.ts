import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { completeLikelihood } from '../../../../src/model/dataset/complete.ts';
import { gatherStatistics } from '../../../../src/model/dataset/statistics.ts';
import { independentLikelihood, likelihoodFamily } from '../../../../src/model/distributions/likelihoods.ts';
import { at, meanOf, numbers } from '../../../support/numbers.ts';
import { modelSpec } from '../../../support/specifications.ts';

beforeAll(() => tf.setBackend('cpu'));

const ROWS = 500;
const source = numbers(8);
const draws = (...row: (() => number)[]) => Array.from({ length: ROWS }, () => row.map((next) => next()));

const DATA: Readonly<Record<string, number[][]>> = {
  bits: draws(
    () => Number(source.uniform() < 0.2),
    () => Number(source.uniform() < 0.9),
  ),
  grey: draws(
    () => source.uniform(0, 0.5),
    () => source.uniform() ** 0.2,
  ),
  real: draws(
    () => 100 + 20 * source.normal(),
    () => 0.01 * source.normal(),
  ),
  counts: draws(
    () => Math.floor(source.uniform(0, 9)),
    () => Math.floor(source.uniform(0, 2)),
  ),
  groups: draws(
    () => 0,
    () => 0,
    () => 0,
  ).map(() => {
    const code = Math.floor(3 * source.uniform() ** 2);
    return [0, 1, 2].map((k) => Number(k === code));
  }),
};

/** The best model that knows nothing of z, for rows of data: as training makes it. */
function floorOf(given: object, rows: readonly (readonly number[])[]) {
  const { likelihood } = modelSpec({ likelihood: given });
  const gathering = gatherStatistics(rows[0]?.length ?? 0, likelihood);
  gathering.add(rows.flat());
  const statistics = gathering.result();
  const family = likelihoodFamily(completeLikelihood(likelihood, statistics));
  const independent = independentLikelihood(family, statistics);
  const x = tf.tensor2d(rows.map((row) => [...row]));
  return { statistics, family, independent, score: meanOf(independent.logProb(x).dataSync()), x };
}

const CASES = [
  { data: 'bits', spec: { family: 'bernoulli' } },
  { data: 'grey', spec: { family: 'bernoulli' } },
  { data: 'grey', spec: { family: 'continuous_bernoulli' } },
  { data: 'grey', spec: { family: 'gaussian', mean: 'unit_interval' } },
  { data: 'real', spec: { family: 'gaussian' } },
  { data: 'real', spec: { family: 'gaussian', variance: 'fixed', standard_deviation: 2 } },
  { data: 'real', spec: { family: 'gaussian', standardise: 'per_element' } },
  { data: 'real', spec: { family: 'gaussian', standardise: 'per_element', minimum_standard_deviation: 0.1 } },
  { data: 'counts', spec: { family: 'poisson' } },
  { data: 'groups', spec: { family: 'categorical', groups: [3] } },
] as const;

describe('the marginal', () => {
  it.each(CASES)('of $spec has the mean of the $data', ({ data, spec }) => {
    const { statistics, independent } = floorOf(spec, DATA[data] ?? []);
    const found = independent.mean().dataSync();
    statistics.mean.forEach((mean, i) => {
      expect(Math.abs(at(found, i) - mean)).toBeLessThan(1e-5 * (1 + Math.abs(mean)));
    });
  });

  it.each([
    { family: 'gaussian' },
    { family: 'gaussian', standardise: 'per_element', minimum_standard_deviation: 0.1 },
  ])('of $family has the variance of the data: standardise $standardise', (spec) => {
    const { statistics, score } = floorOf(spec, DATA['real'] ?? []);
    // The entropy of Gaussians with these variances; unstandardised ones stay above 1e-4.
    const terms = Array.from(statistics.variance, (variance) => Math.log(2 * Math.PI * variance) / 2 + 0.5);
    expect(score).toBeCloseTo(-terms.reduce((sum, term) => sum + term, 0), 2);
  });

  it.each(CASES)('of $spec is a best one: every other scores lower on the $data', ({ data, spec }) => {
    const rows = DATA[data] ?? [];
    const { statistics, family, score, x } = floorOf(spec, rows);
    const { output } = family.marginal(statistics);
    output.forEach((_, i) => {
      for (const step of [-0.2, 0.2]) {
        const moved = output.slice();
        moved[i] = at(moved, i) + step;
        const other = meanOf(family.fromOutput(tf.tensor1d(moved), {}).logProb(x).dataSync());
        expect(other).toBeLessThanOrEqual(score + 1e-6 * Math.abs(score));
      }
    });
  });

  it('of a table is that of its columns', () => {
    const rows = draws(
      () => Math.floor(3 * source.uniform()),
      () => Math.exp(2 + source.normal()),
      () => (source.uniform() < 0.3 ? NaN : 50 + 5 * source.normal()),
      () => Number(source.uniform() < 0.3),
      () => Math.floor(source.uniform(0, 5)),
    );
    const { independent, statistics, score } = floorOf(
      {
        family: 'mixed',
        columns: [
          { name: 'colour', likelihood: { family: 'categorical', categories: 3 } },
          { name: 'income', likelihood: { family: 'log_normal' } },
          { name: 'weight', likelihood: { family: 'gaussian' }, missing: true },
          { name: 'member', likelihood: { family: 'bernoulli' } },
          { name: 'visits', likelihood: { family: 'poisson' } },
        ],
      },
      rows,
    );
    const mean = independent.mean().dataSync();
    for (const i of [2, 3, 4]) expect(at(mean, i)).toBeCloseTo(at(statistics.mean, i), 3);
    const shares = statistics.frequencies?.[0] ?? [];
    const [logVariance, present] = [at(statistics.logVariance ?? [], 1), 1 - at(statistics.missing ?? [], 2)];
    const entropies = [
      -Array.from(shares).reduce((sum, share) => sum + share * Math.log(share), 0),
      Math.log(2 * Math.PI * logVariance) / 2 + 0.5 + at(statistics.logMean ?? [], 1),
      present * (Math.log(2 * Math.PI * at(statistics.variance, 2)) / 2 + 0.5),
    ];
    const byColumn = independent.logProbByColumn(tf.tensor2d(rows)).arraySync() as number[][];
    entropies.forEach((entropy, i) => {
      expect(meanOf(byColumn.map((terms) => at(terms, i)))).toBeCloseTo(-entropy, 3);
    });
    expect(score).toBeCloseTo(meanOf(byColumn.map((terms) => terms.reduce((a, b) => a + b, 0))), 4);
  });

  it('of a table needs the logarithms and takes unknown categories as equally frequent', () => {
    const table = (...columns: object[]) =>
      likelihoodFamily(modelSpec({ likelihood: { family: 'mixed', columns } }).likelihood);
    const statistics = { mean: Float64Array.of(1), variance: Float64Array.of(1) };
    const codes = table({ name: 'a', likelihood: { family: 'categorical', categories: 2 } });
    expect(Array.from(codes.marginal(statistics).output)).toEqual([
      Math.fround(-Math.LN2),
      Math.fround(-Math.LN2),
    ]);
    const income = table({ name: 'a', likelihood: { family: 'log_normal', standardise: 'none' } });
    expect(() => income.marginal(statistics)).toThrow('log x');
  });

  it('of robust columns is that of their ordinary values, and explains all others', () => {
    const [number, code] = [{ outliers: {} }, { other: {} }];
    const robust = {
      family: 'mixed',
      columns: [
        { name: 'colour', likelihood: { family: 'categorical', categories: 3, ...code } },
        { name: 'income', likelihood: { family: 'log_normal', ...number } },
        { name: 'weight', likelihood: { family: 'student_t', ...number } },
        { name: 'member', likelihood: { family: 'bernoulli', ...code } },
        { name: 'visits', likelihood: { family: 'negative_binomial', ...number, ...code } },
      ],
    };
    const ordinary = draws(
      () => Math.floor(3 * source.uniform()),
      () => Math.exp(2 + source.normal()),
      () => 50 + 5 * source.normal(),
      () => Number(source.uniform() < 0.3),
      () => Math.floor(source.uniform(0, 5)),
    );
    const strange = [-1, -7, 1e30, -1, -1];
    const [clean, mixed] = [floorOf(robust, ordinary), floorOf(robust, [...ordinary, strange, strange])];
    const [before, after] = [clean, mixed].map(({ independent }) => independent.mean().dataSync());
    before?.forEach((value, i) => {
      expect(at(after ?? [], i)).toBeCloseTo(value, 4);
    });
    const [term = []] = mixed.independent.logProbByColumn(tf.tensor2d([strange])).arraySync() as number[][];
    expect(term.every(Number.isFinite)).toBe(true);
    for (const i of [0, 3, 4]) expect(at(term, i)).toBeCloseTo(Math.log(3 / 504), 4);
    const losses = [clean, mixed].map(({ independent }) => meanOf(independent.logProb(clean.x).dataSync()));
    expect(at(losses, 0) - at(losses, 1)).toBeLessThan(0.03);
  });

  it('stays within reach where an element never changes', () => {
    const never = { mean: Float64Array.of(0, 1), variance: Float64Array.of(0, 0) };
    const reach = { bernoulli: 6.91, continuous_bernoulli: 100, poisson: 6.91 } as const;
    for (const [family, largest] of Object.entries(reach)) {
      const { output } = likelihoodFamily(modelSpec({ likelihood: { family } }).likelihood).marginal(never);
      output.forEach((value) => {
        expect(Math.abs(value), family).toBeLessThan(largest + 0.1);
      });
    }
  });
});
