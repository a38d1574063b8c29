import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mixed } from '../../../src/model/distributions/likelihoods/mixed.ts';
import { normalQuantile } from '../../../src/model/distributions/quantiles/normal.ts';
import {
  locateOutputs,
  marginalOf,
  type ColumnMarginal,
} from '../../../src/model/scoring/column-marginals.ts';
import { ExpectedValues } from '../../../src/model/scoring/expected.ts';
import { findCountQuantiles, findQuantiles } from '../../../src/model/scoring/mixtures.ts';
import { likelihoodSizes, type ColumnSpec } from '../../../src/model/specification.ts';
import { at, normals } from '../../support/numbers.ts';
import { modelSpec } from '../../support/specifications.ts';

beforeAll(() => tf.setBackend('cpu'));

const transform = { shift: 3, scale: 2 };
/** Two of each kind, out of order, so that outputs of one kind are mixed. */
const COLUMNS: readonly ColumnSpec[] = columnsOf([
  { family: 'gaussian', transform },
  { family: 'poisson' },
  { family: 'categorical', categories: 3 },
  { family: 'student_t', transform },
  { family: 'bernoulli' },
  { family: 'log_normal', transform: { shift: 1, scale: 0.5 } },
  { family: 'negative_binomial' },
  { family: 'gaussian' },
  { family: 'categorical', categories: 4 },
  { family: 'student_t', degrees_of_freedom: 2 },
  { family: 'log_normal' },
  { family: 'negative_binomial' },
  { family: 'poisson' },
  { family: 'bernoulli' },
  { family: 'gaussian', transform, outliers: { share: 1e-7, location: 3, scale: 2 } },
  { family: 'poisson', outliers: { share: 1e-7, scale: 1 } },
  { family: 'categorical', categories: 2, other: { share: 1e-7 } },
  { family: 'gaussian', transform, outliers: { share: 1e-7, location: 0, scale: 9 } },
  { family: 'log_normal', outliers: { share: 1e-7, location: 0, scale: 9 } },
  { family: 'negative_binomial', other: { share: 1e-7 } },
]);
const OUTPUT = likelihoodSizes({ family: 'mixed', columns: [...COLUMNS] }, COLUMNS.length).output;
const output = normals(5, OUTPUT);
const positions = locateOutputs(COLUMNS);
const CASES = COLUMNS.map(({ likelihood }, column) => [likelihood.family, column] as const);

function columnsOf(likelihoods: readonly object[]): readonly ColumnSpec[] {
  const columns = likelihoods.map((likelihood, i) => {
    const plain = 'transform' in likelihood ? {} : { standardise: 'none' };
    const standardised = ['gaussian', 'student_t', 'log_normal'].includes(familyOf(likelihood));
    return { name: `c${i}`, likelihood: { ...likelihood, ...(standardised ? plain : {}) } };
  });
  const { likelihood } = modelSpec({ likelihood: { family: 'mixed', columns } });
  if (likelihood.family !== 'mixed') throw new RangeError('not a table');
  return likelihood.columns;
}

function familyOf(likelihood: object): string {
  return 'family' in likelihood ? String(likelihood.family) : '';
}

/** p(x) of one column as the graph has it. */
function probabilityOf(column: number, value: number): number {
  const distribution = mixed({ columns: COLUMNS }).fromOutput(tf.tensor2d(output, [1, OUTPUT]), {});
  const row = COLUMNS.map((_, i) => (i === column ? value : 1));
  const terms = distribution.logProbByColumn(tf.tensor2d([row]));
  return Math.exp(at(terms.dataSync(), column));
}

function read(column: number) {
  const marginal = marginalOf(COLUMNS.map(({ likelihood }) => likelihood)[column] ?? { family: 'poisson' });
  return { marginal, outputs: (positions[column] ?? []).map((position) => at(output, position)) };
}

/** P(low < X <= high), from the distribution function. */
function massBetween(marginal: ColumnMarginal, outputs: number[], low: number, high: number): number {
  if (marginal.kind !== 'number') throw new RangeError('codes have no distribution function');
  const { cumulative } = marginal.read(outputs);
  return cumulative(high) - cumulative(low);
}

describe('the distribution of a column without tensors', () => {
  it.each(CASES)('of %s (column %i) is the one of the graph', (_, column) => {
    const { marginal, outputs } = read(column);
    if (marginal.kind === 'code') {
      const probabilities = marginal.read(outputs);
      probabilities.forEach((probability, code) => {
        expect(probability).toBeCloseTo(probabilityOf(column, code), 5);
      });
      return;
    }
    const { center, spread } = marginal.read(outputs);
    for (const away of [-1.5, -0.2, 0.7, 3]) {
      const x = center + away * spread;
      if (marginal.isCount) {
        const count = Math.max(0, Math.floor(x));
        expect(massBetween(marginal, outputs, count - 1, count)).toBeCloseTo(probabilityOf(column, count), 5);
      } else if (x > 0) {
        const width = 0.05 * spread;
        const density = massBetween(marginal, outputs, x - width, x + width) / (2 * width);
        expect(density * spread).toBeCloseTo(probabilityOf(column, x) * spread, 3);
      }
    }
  });
});

const gaussianPart = (center: number, spread: number) => {
  const [first] = COLUMNS;
  const marginal = marginalOf(first?.likelihood ?? { family: 'poisson' });
  if (marginal.kind !== 'number') throw new RangeError('not a number');
  const standardised = [(center - 3) / 2, 2 * Math.log(spread / 2)];
  return marginal.read(standardised);
};

describe('quantiles of a mixture', () => {
  const levels = [0.05, 0.5, 0.95];

  it('of one Gaussian are its own', () => {
    const found = findQuantiles({ weights: [1], parts: [gaussianPart(100, 4)] }, levels);
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(100 + 4 * normalQuantile(at(levels, i)), 2);
    });
  });

  it('are where the mixture has that much below it, also far apart', () => {
    const parts = [gaussianPart(-1000, 1), gaussianPart(0, 0.1), gaussianPart(50, 30)];
    const weights = [0.04, 0.5, 0.46];
    findQuantiles({ weights, parts }, levels).forEach((value, i) => {
      const below = parts.reduce((sum, part, l) => sum + at(weights, l) * part.cumulative(value), 0);
      expect(below).toBeCloseTo(at(levels, i), 3);
    });
  });

  it('of counts are the smallest counts that reach them', () => {
    const { marginal } = read(1);
    if (marginal.kind !== 'number') throw new RangeError('not a number');
    const mixture = {
      weights: [0.3, 0.7],
      parts: [marginal.read([Math.log(2)]), marginal.read([Math.log(40)])],
    };
    const reaches = (count: number) =>
      mixture.parts.reduce((sum, part, l) => sum + at(mixture.weights, l) * part.cumulative(count), 0);
    findCountQuantiles(mixture, levels).forEach((count, i) => {
      expect(Number.isInteger(count)).toBe(true);
      expect(reaches(count)).toBeGreaterThanOrEqual(at(levels, i));
      expect(reaches(count - 1)).toBeLessThan(at(levels, i));
    });
  });
});

describe('the expected value of a column', () => {
  const values = new ExpectedValues(COLUMNS);
  const weights = Float64Array.of(0.2, 0.8);
  const outputs = Float32Array.of(...output, ...normals(6, OUTPUT));

  it('is a median inside a 90 % interval for numbers, with codes in the order of their probability otherwise', () => {
    COLUMNS.forEach((_, column) => {
      const expected = values.describe(column, outputs, weights);
      if (expected.kind === 'number') {
        expect(expected.low).toBeLessThanOrEqual(expected.median);
        expect(expected.median).toBeLessThanOrEqual(expected.high);
      } else {
        const probabilities = expected.codes.map(({ probability }) => probability);
        expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(1 + 1e-9);
      }
    });
  });

  it('follows the weights: of a draw that has all of it, it is the median of that draw', () => {
    const expected = values.describe(0, outputs, Float64Array.of(0, 1));
    const [mean = NaN] = (positions[0] ?? []).map((position) => at(outputs, OUTPUT + position));
    expect(expected).toMatchObject({ kind: 'number' });
    expect(expected.kind === 'number' ? expected.median : NaN).toBeCloseTo(3 + 2 * mean, 2);
  });
});
