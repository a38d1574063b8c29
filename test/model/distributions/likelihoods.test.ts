import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { likelihoodSizes } from '../../../src/model/specification.ts';
import { likelihoodFamily } from '../../../src/model/distributions/likelihoods.ts';
import { at } from '../../support/numbers.ts';
import { array, LIKELIHOODS } from '../../support/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const normalLogPdf = (x: number, mean: number, variance: number) =>
  -Math.log(2 * Math.PI * variance) / 2 - (x - mean) ** 2 / (2 * variance);

const X = [0, 1, 0.25];
const MEANS = [-1.5, 2, 0.3];
const LOG_VARIANCES = [-1, 0.5, 0.1];
const SHARED = -0.7;

function bernoulli(x: number, logit: number): number {
  const p = sigmoid(logit);
  return x * Math.log(p) + (1 - x) * Math.log(1 - p);
}

interface Case {
  readonly output: readonly number[];
  readonly terms: (x: number, i: number) => number;
  readonly mean: (output: number) => number;
}
const perElement = [...MEANS, ...LOG_VARIANCES];
const gaussianCase = (place: (mean: number) => number, shared: boolean): Case => ({
  output: shared ? MEANS : perElement,
  terms: (x, i) => normalLogPdf(x, place(at(MEANS, i)), Math.exp(shared ? SHARED : at(LOG_VARIANCES, i))),
  mean: place,
});
const free = (mean: number) => mean;

const CASES: Readonly<Record<keyof typeof LIKELIHOODS, Case>> = {
  bernoulli: { output: MEANS, terms: (x, i) => bernoulli(x, at(MEANS, i)), mean: sigmoid },
  'gaussian free per_element': gaussianCase(free, false),
  'gaussian free shared': gaussianCase(free, true),
  'gaussian unit_interval per_element': gaussianCase(sigmoid, false),
  'gaussian unit_interval shared': gaussianCase(sigmoid, true),
};

describe.each(Object.keys(LIKELIHOODS))('%s', (name) => {
  const spec = array(LIKELIHOODS, name);
  const family = likelihoodFamily(spec);
  const sizes = likelihoodSizes(spec, X.length);
  const { output, terms, mean } = array(CASES, name);
  const extra = () => ('log_variance' in sizes.extraShapes ? { log_variance: tf.tensor1d([SHARED]) } : {});

  it('sums the log density of each element', () => {
    const likelihood = family.fromOutput(tf.tensor2d([...output], [1, output.length]), extra());
    const expected = X.reduce((sum, x, i) => sum + terms(x, i), 0);
    expect(sizes.output).toBe(output.length);
    expect(at(likelihood.logProb(tf.tensor1d(X)).dataSync(), 0)).toBeCloseTo(expected, 5);
  });

  it('knows its mean', () => {
    const found = family
      .fromOutput(tf.tensor1d([...output]), extra())
      .mean()
      .dataSync();
    expect(found.length).toBe(MEANS.length);
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(mean(at(MEANS, i)), 5);
    });
  });

  it('starts at the mean and the variance of the data', () => {
    const statistics = { mean: Float64Array.of(0.2, 0.5, 0.8), variance: Float64Array.of(0.1, 0.2, 0.3) };
    const start = family.marginal(statistics);
    const own = Object.fromEntries(
      Object.entries(start.extra).map(([key, data]) => [key, tf.tensor1d(data)]),
    );
    const likelihood = family.fromOutput(tf.tensor1d(start.output), own);
    likelihood
      .mean()
      .dataSync()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(at(statistics.mean, i), 5);
      });
    if (name === 'bernoulli') return;
    const variances = name.endsWith('shared') ? [0.2, 0.2, 0.2] : statistics.variance;
    const expected = X.reduce(
      (sum, x, i) => sum + normalLogPdf(x, at(statistics.mean, i), at(variances, i)),
      0,
    );
    expect(at(likelihood.logProb(tf.tensor1d(X)).dataSync(), 0)).toBeCloseTo(expected, 4);
  });
});

describe('bernoulli', () => {
  it('stays finite at extreme logits', () => {
    const likelihood = likelihoodFamily({ family: 'bernoulli' }).fromOutput(
      tf.tensor1d([100, -100, 100]),
      {},
    );
    expect(at(likelihood.logProb(tf.tensor1d([1, 0, 0])).dataSync(), 0)).toBeCloseTo(-100, 3);
  });

  it('starts within reach where an element never changes', () => {
    const statistics = { mean: Float64Array.of(0, 1), variance: Float64Array.of(0, 0) };
    const { output } = likelihoodFamily({ family: 'bernoulli' }).marginal(statistics);
    expect(at(output, 0)).toBeCloseTo(Math.log(0.001 / 0.999), 4);
    expect(at(output, 1)).toBeCloseTo(Math.log(0.999 / 0.001), 4);
  });
});
