import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { likelihoodFamily } from '../../../../src/model/distributions/likelihoods.ts';
import { caseOf } from '../../../support/likelihood-cases.ts';
import { at } from '../../../support/numbers.ts';
import { modelSpec } from '../../../support/specifications.ts';

beforeAll(() => tf.setBackend('cpu'));

const LARGEST = 3.4e38;
const OUTLIERS = { outliers: { share: 0.01, location: 165, scale: 50 } };
const STANDARD = { standardise: 'per_element', transform: { shift: 170, scale: 10 } };
const LOG_STANDARD = { standardise: 'per_element', transform: { shift: 5, scale: 0.8 } };
const COUNT_OUTLIERS = { outliers: { share: 0.05, scale: 12 } };
const OTHER = { other: { share: 0.1 } };

const familyOf = (...likelihoods: object[]) => {
  const columns = likelihoods.map((likelihood, i) => ({ name: `c${i}`, likelihood }));
  return likelihoodFamily(modelSpec({ likelihood: { family: 'mixed', columns } }).likelihood);
};

/** log p of each value of one column. */
function logProbs(likelihood: object, output: readonly number[], values: readonly number[]): Float32Array {
  const distribution = familyOf(likelihood).fromOutput(tf.tensor2d([...output], [1, output.length]), {});
  return distribution.logProb(tf.tensor2d([...values], [values.length, 1])).dataSync<'float32'>();
}

const sumOf = (logs: ArrayLike<number>) => Array.from(logs, Math.exp).reduce((sum, p) => sum + p, 0);
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** The integral of e^logDensity over the reals, by the midpoint rule in t: x = center + width sinh(t). */
function integrate(
  logDensity: (x: readonly number[]) => ArrayLike<number>,
  center: number,
  width: number,
): number {
  const [points, end] = [60_000, 60];
  const step = (2 * end) / points;
  const nodes = range(points).map((i) => (i + 0.5) * step - end);
  const logs = logDensity(nodes.map((t) => center + width * Math.sinh(t)));
  return nodes.reduce((sum, t, i) => sum + Math.exp(at(logs, i)) * width * Math.cosh(t) * step, 0);
}

const NUMBERS = [
  { likelihood: { family: 'gaussian', ...STANDARD, ...OUTLIERS }, output: [0.4, -1], center: 174, width: 2 },
  {
    likelihood: { family: 'gaussian', ...STANDARD, ...OUTLIERS },
    output: [-2, -30],
    center: 150,
    width: 0.05,
  },
  { likelihood: { family: 'gaussian', ...STANDARD, ...OUTLIERS }, output: [3, 8], center: 200, width: 50 },
  {
    likelihood: { family: 'gaussian', standardise: 'none', ...OUTLIERS },
    output: [160, 2],
    center: 160,
    width: 1,
  },
  { likelihood: { family: 'student_t', ...STANDARD, ...OUTLIERS }, output: [0.4, -1], center: 174, width: 2 },
  {
    likelihood: { family: 'student_t', degrees_of_freedom: 1.5, ...STANDARD, ...OUTLIERS },
    output: [-1, 3],
    center: 160,
    width: 10,
  },
  {
    likelihood: { family: 'log_normal', ...LOG_STANDARD, ...OUTLIERS },
    output: [0.4, -1],
    center: 200,
    width: 5,
  },
  {
    likelihood: { family: 'log_normal', standardise: 'none', ...OUTLIERS },
    output: [4, -1],
    center: 60,
    width: 5,
  },
];

const COUNTS = [
  { likelihood: { family: 'poisson', ...OTHER }, output: [1.3] },
  { likelihood: { family: 'poisson', ...COUNT_OUTLIERS }, output: [3] },
  { likelihood: { family: 'poisson', ...OTHER, ...COUNT_OUTLIERS }, output: [-1] },
  { likelihood: { family: 'negative_binomial', ...OTHER }, output: [2, 0.5] },
  { likelihood: { family: 'negative_binomial', ...COUNT_OUTLIERS }, output: [1, -2] },
  { likelihood: { family: 'negative_binomial', ...OTHER, ...COUNT_OUTLIERS }, output: [2, 3] },
  { likelihood: { family: 'negative_binomial', ...OTHER, ...COUNT_OUTLIERS }, output: [4, -60] },
  { likelihood: { family: 'negative_binomial', ...COUNT_OUTLIERS }, output: [-100, -300] },
  { likelihood: { family: 'negative_binomial', ...COUNT_OUTLIERS }, output: [-6, 30] },
];

const CODES = [
  { likelihood: { family: 'bernoulli', ...OTHER }, output: [-0.8], codes: 2 },
  { likelihood: { family: 'categorical', categories: 1, ...OTHER }, output: [3], codes: 1 },
  { likelihood: { family: 'categorical', categories: 5, ...OTHER }, output: [9, -3, 0, 2, 40], codes: 5 },
];

describe('probabilities', () => {
  it.each(NUMBERS)(
    'of numbers integrate to 1: $likelihood.family, $output',
    ({ likelihood, output, center, width }) => {
      const total = integrate((x) => logProbs(likelihood, output, x), center, width);
      expect(Math.abs(total - 1)).toBeLessThan(1e-4);
    },
  );

  it.each(COUNTS)('of counts sum to 1: $likelihood.family, $output', ({ likelihood, output }) => {
    // Far out, eleven counts in a row are as probable as eleven times the one in their middle.
    const [near, far, width] = [2_000, 18_000, 11];
    const values = [...('other' in likelihood ? [-1] : []), ...range(near)];
    const middles = range(far).map((i) => near + width * i + (width - 1) / 2);
    const total =
      sumOf(logProbs(likelihood, output, values)) + width * sumOf(logProbs(likelihood, output, middles));
    expect(Math.abs(total - 1)).toBeLessThan(1e-4);
  });

  it.each(CODES)('of codes sum to 1: $likelihood.family, $output', ({ likelihood, output, codes }) => {
    expect(sumOf(logProbs(likelihood, output, [-1, ...range(codes)]))).toBeCloseTo(1, 5);
  });

  it('of other are the share, whatever the decoder says', () => {
    for (const { likelihood, output } of [
      ...CODES,
      ...COUNTS.filter(({ likelihood: own }) => 'other' in own),
    ])
      expect(at(logProbs(likelihood, output, [-1]), 0)).toBeCloseTo(Math.log(0.1), 5);
  });

  it('of ordinary values are lower by no more than the share', () => {
    const { outliers: _, ...plain } = NUMBERS[0]?.likelihood ?? OUTLIERS;
    const values = [150, 174, 180];
    const before = logProbs(plain, [0.4, -1], values);
    logProbs({ ...plain, ...OUTLIERS }, [0.4, -1], values).forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(at(before, i) + Math.log1p(-0.01) - 1e-6);
    });
  });
});

const STRANGE = [1e30, -1e30, LARGEST, -LARGEST, 0, -1, 1e-38, 1e7, -1e7];

describe('values unlike any of the training rows', () => {
  it.each(NUMBERS)(
    'have a density and finite gradients: $likelihood.family, $output',
    ({ likelihood, output }) => {
      const family = familyOf(likelihood);
      const x = tf.tensor2d(STRANGE, [STRANGE.length, 1]);
      const score = (y: tf.Tensor) => tf.sum<tf.Scalar>(family.fromOutput(y, {}).logProb(x));
      const gradient = tf
        .grad(score)(tf.tensor2d([...output], [1, output.length]))
        .dataSync();
      for (const logs of [logProbs(likelihood, output, STRANGE), gradient, family.encoderInput(x).dataSync()])
        expect(Array.from(logs).every(Number.isFinite)).toBe(true);
    },
  );

  it('are the stranger the further away they are', () => {
    for (const { likelihood, output } of NUMBERS) {
      const logs = Array.from(logProbs(likelihood, output, [1e3, 1e4, 1e6, 1e9, 1e20, 1e30, LARGEST]));
      logs.slice(1).forEach((value, i) => {
        expect(value).toBeLessThan(at(logs, i));
      });
    }
  });

  it.each(COUNTS.filter(({ likelihood }) => 'outliers' in likelihood))(
    'have a probability and finite gradients as counts: $likelihood.family, $output',
    ({ likelihood, output }) => {
      const values = [...('other' in likelihood ? [-1] : []), 0, 1e4, 2 ** 24, 2 ** 25, 1e20, LARGEST];
      const family = familyOf(likelihood);
      const x = tf.tensor2d(values, [values.length, 1]);
      const score = (y: tf.Tensor) => tf.sum<tf.Scalar>(family.fromOutput(y, {}).logProb(x));
      const rows = tf.tensor2d(values.map(() => [...output]));
      const gradient = tf.grad(score)(rows).dataSync();
      const logs = logProbs(likelihood, output, values);
      for (const numbers of [logs, gradient, family.encoderInput(x).dataSync()])
        expect(Array.from(numbers).every(Number.isFinite)).toBe(true);
      // Twice log(1e4), twice log(1e10): the tail of 1 / x^2.
      const far = logProbs(likelihood, output, [1e10, 1e20]);
      expect(at(far, 0) - at(far, 1)).toBeCloseTo(2 * Math.log(1e10), 3);
    },
  );

  it('pull at nothing: the decoder learns from the others', () => {
    const family = familyOf({ family: 'gaussian', ...STANDARD, ...OUTLIERS });
    const gradientOf = (...values: number[]) => {
      const x = tf.tensor2d(values, [values.length, 1]);
      const score = (y: tf.Tensor) => tf.sum<tf.Scalar>(family.fromOutput(y, {}).logProb(x));
      return Array.from(
        tf
          .grad(score)(tf.tensor2d([[0.4, -1]]))
          .dataSync(),
      );
    };
    expect(gradientOf(181, 1e12, -1e5)).toEqual(gradientOf(181));
  });

  it('reach the encoder as the nearest value within ten standard deviations', () => {
    const family = familyOf(
      { family: 'gaussian', ...STANDARD, ...OUTLIERS },
      { family: 'student_t', ...STANDARD, ...OUTLIERS },
      { family: 'log_normal', ...LOG_STANDARD, ...OUTLIERS },
    );
    const rows = tf.tensor2d([
      [1e30, -1e30, -3],
      [200, 140, Math.exp(5.8)],
    ]);
    const expected = [10, -10, -10, 3, -3, 1];
    family
      .encoderInput(rows)
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(at(expected, i), 4);
      });
  });

  it('reach the encoder as no category, as neither yes nor no, and as no count', () => {
    const { spec } = caseOf('robust columns of absurd values');
    const row = tf.tensor2d([[170, 170, Math.exp(10), -1, -1, -1, -1, -1]]);
    const input = likelihoodFamily(spec).encoderInput(row).dataSync();
    expect(Array.from(input, (value) => Math.round(1e4 * value) / 1e4 + 0)).toEqual([
      ...[0, 0, 0],
      0.5,
      ...[0, 0, 0, 0],
      ...[0, 0, 0],
    ]);
  });
});

describe('a table with robust columns', () => {
  const plain = { family: 'gaussian', ...STANDARD };
  const robust = { ...plain, ...OUTLIERS };
  const words = { family: 'categorical', categories: 2 };

  it('has the same numbers in its other columns', () => {
    const output = tf.tensor2d([[0.4, -1, 0.3, -0.2]]);
    const row = tf.tensor2d([[181, 1]]);
    const terms = (...columns: object[]) =>
      Array.from(
        familyOf(...columns)
          .fromOutput(output, {})
          .logProbByColumn(row)
          .dataSync(),
      );
    const [before, beside] = [terms(plain, words), terms(plain, { ...words, ...OTHER })];
    expect(beside[0]).toBe(before[0]);
    expect(terms(robust, words)[1]).toBe(before[1]);
    expect(beside[1]).toBeCloseTo(at(before, 1) + Math.log(0.9), 6);
  });

  it('has the means, modes and draws of its model', () => {
    const flag = { family: 'bernoulli' };
    const income = { family: 'log_normal', ...LOG_STANDARD };
    const visits = { family: 'negative_binomial' };
    const output = [0.4, -1, 0.3, -0.2, 0.7, 0.1, 0.2, 1.2, 0.5];
    const noise = { normal: [0.3, -1.2, 0.8], uniform: [0.6, 0.2, 0.9, 0.3, 0.5, 0.7, 0.1] };
    const answers = (...columns: object[]) => {
      const distribution = familyOf(...columns).fromOutput(tf.tensor1d(output), {});
      const draw = distribution.sample({
        normal: tf.tensor1d(noise.normal),
        uniform: tf.tensor1d(noise.uniform),
      });
      return [distribution.mean(), distribution.mode(), draw].map((values) => Array.from(values.dataSync()));
    };
    expect(
      answers(
        robust,
        { ...income, ...OUTLIERS },
        { ...flag, ...OTHER },
        { ...words, ...OTHER },
        { ...visits, ...OTHER, ...COUNT_OUTLIERS },
      ),
    ).toEqual(answers(plain, income, flag, words, visits));
  });

  it('needs its shares, locations and scales', () => {
    expect(() => familyOf({ family: 'gaussian', ...STANDARD, outliers: {} })).toThrow(
      'has no transform or share',
    );
    expect(() => familyOf({ ...words, other: {} })).toThrow('has no transform or share');
  });
});
