import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { likelihoodFamily } from '../../../../src/model/distributions/likelihoods.ts';
import { canSample } from '../../../../src/model/specification.ts';
import { caseOf, LIKELIHOOD_CASES } from '../../../support/likelihood-cases.ts';
import { at, estimateOf, normals, uniforms } from '../../../support/numbers.ts';
import { normalCdf } from '../../../support/special-functions.ts';
import { modelSpec } from '../../../support/specifications.ts';

beforeAll(() => tf.setBackend('cpu'));

const DRAWS = 4000;
const family = (given: object) => likelihoodFamily(modelSpec({ likelihood: given }).likelihood);

/** Draws [DRAWS][data_size], of one row's decoder output. */
function draw(given: object, output: readonly number[], dataSize: number, extra = {}): number[][] {
  const made = family(given);
  const { normal, uniform } = made.noise(dataSize);
  const noise = {
    ...(normal > 0 && { normal: tf.tensor2d(normals(3, DRAWS * normal), [DRAWS, normal]) }),
    ...(uniform > 0 && { uniform: tf.tensor2d(uniforms(4, DRAWS * uniform, 0, 1), [DRAWS, uniform]) }),
  };
  const values = made.fromOutput(tf.tensor2d([...output], [1, output.length]), extra).sample(noise);
  expect(values.shape).toEqual([DRAWS, dataSize]);
  return values.arraySync() as number[][];
}
const column = (rows: readonly (readonly number[])[], i: number) => rows.map((row) => at(row, i));

/** sqrt(n) times the largest distance between the empirical and the true distribution function. */
function kolmogorovSmirnov(values: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const distances = sorted.map((value, i) => {
    return Math.max(Math.abs(cdf(value) - i / values.length), Math.abs(cdf(value) - (i + 1) / values.length));
  });
  return Math.sqrt(values.length) * Math.max(...distances);
}
/** Exceeded once in a million. */
const KS_LIMIT = 2.7;

/** How many standard errors a share of ones is away from its probability. */
function expectShare(bits: readonly number[], probability: number): void {
  const { mean } = estimateOf(bits);
  const standardError = Math.sqrt((probability * (1 - probability)) / bits.length);
  expect(bits.every((bit) => bit === 0 || bit === 1)).toBe(true);
  expect(Math.abs(mean - probability)).toBeLessThanOrEqual(4.5 * standardError);
}

const softmax = (logits: readonly number[]) => {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
};

describe('a draw', () => {
  it('of a Bernoulli is 1 as often as its probability says', () => {
    const logits = [-3, 0, 0.4, 5];
    const rows = draw({ family: 'bernoulli' }, logits, 4);
    logits.forEach((logit, i) => {
      expectShare(column(rows, i), 1 / (1 + Math.exp(-logit)));
    });
  });

  it('of a continuous Bernoulli has its distribution function, at every logit', () => {
    const logits = [-50, -2, -0.03, -0.01, 0, 0.015, 0.5, 8, 120];
    const rows = draw({ family: 'continuous_bernoulli' }, logits, logits.length);
    logits.forEach((y, i) => {
      const cdf = (x: number) => (y === 0 ? x : y > 0 ? above(x, y) : Math.expm1(y * x) / Math.expm1(y));
      const above = (x: number, s: number) => (Math.exp(s * (x - 1)) - Math.exp(-s)) / -Math.expm1(-s);
      expect(kolmogorovSmirnov(column(rows, i), cdf), `logit ${y}`).toBeLessThan(KS_LIMIT);
    });
  });

  it.each([
    {
      spec: { variance: 'per_element' },
      output: [0.5, -2, Math.log(4), -1],
      deviations: [2, Math.exp(-0.5)],
    },
    { spec: { variance: 'fixed', standard_deviation: 0.3 }, output: [0.5, -2], deviations: [0.3, 0.3] },
    {
      spec: { variance: 'per_element', transform: { shift: [10, 0], scale: [3, 1] } },
      output: [0.5, -2, 0, 0],
      deviations: [3, 1],
      means: [11.5, -2],
    },
  ])(
    'of a Gaussian has its distribution function: $spec',
    ({ spec, output, deviations, means = [0.5, -2] }) => {
      const rows = draw({ family: 'gaussian', ...spec }, output, 2);
      means.forEach((mean, i) => {
        const cdf = (x: number) => normalCdf((x - mean) / at(deviations, i));
        expect(kolmogorovSmirnov(column(rows, i), cdf)).toBeLessThan(KS_LIMIT);
      });
    },
  );

  it('of categories is one-hot in every group, as often as the softmax says', () => {
    const groups = [3, 3, 2];
    const logits = [0, 1, -1, 2, 2, 2, -4, 0];
    const rows = draw({ family: 'categorical', groups }, logits, 8);
    const expected = [...softmax([0, 1, -1]), ...softmax([2, 2, 2]), ...softmax([-4, 0])];
    expected.forEach((probability, i) => {
      expectShare(column(rows, i), probability);
    });
    for (const row of rows) {
      const sums = [row.slice(0, 3), row.slice(3, 6), row.slice(6)].map((group) =>
        group.reduce((a, b) => a + b, 0),
      );
      expect(sums).toEqual([1, 1, 1]);
    }
  });

  it('of a mixed row has the distribution of each column, in the order of the table', () => {
    const spec = {
      family: 'mixed',
      columns: [
        { name: 'colour', likelihood: { family: 'categorical', categories: 3 } },
        {
          name: 'income',
          likelihood: { family: 'log_normal', standardise: 'none', minimum_standard_deviation: 0 },
        },
        { name: 'member', likelihood: { family: 'bernoulli' } },
        { name: 'height', likelihood: { family: 'gaussian', transform: { shift: 170, scale: 10 } } },
      ],
    };
    const rows = draw(spec, [0.3, -1, 1.2, 0.7, Math.log(0.25), -0.4, 0.5, 0], 4);
    softmax([0.3, -1, 1.2]).forEach((probability, code) => {
      expectShare(
        column(rows, 0).map((value) => Number(value === code)),
        probability,
      );
    });
    const income = (x: number) => normalCdf((Math.log(x) - 0.7) / 0.5);
    expect(kolmogorovSmirnov(column(rows, 1), income)).toBeLessThan(KS_LIMIT);
    expectShare(column(rows, 2), 1 / (1 + Math.exp(0.4)));
    const height = (x: number) => normalCdf((x - 175) / (10 * Math.sqrt(1.0001)));
    expect(kolmogorovSmirnov(column(rows, 3), height)).toBeLessThan(KS_LIMIT);
  });

  it.each(LIKELIHOOD_CASES)('of $name is promised where it can be had', ({ spec }) => {
    const counts = /poisson|negative_binomial/.test(JSON.stringify(spec));
    expect(canSample(spec)).toBe(!counts);
  });

  it('of a Poisson is left to others: its rate', () => {
    const { output } = caseOf('poisson');
    const likelihood = family({ family: 'poisson' }).fromOutput(tf.tensor1d([...output]), {});
    expect(likelihood.sample({}).arraySync()).toEqual(likelihood.mean().arraySync());
  });

  it('names the noise that is missing', () => {
    const likelihood = family({ family: 'bernoulli' }).fromOutput(tf.tensor1d([0]), {});
    expect(() => likelihood.sample({ normal: tf.tensor1d([0]) })).toThrow('uniform noise');
  });
});
