import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { completeLikelihood, transformOf } from '../../../src/model/dataset/complete.ts';
import { gatherStatistics } from '../../../src/model/dataset/statistics.ts';
import { createStandardisation } from '../../../src/model/distributions/likelihoods/transform.ts';
import { likelihoodFamily } from '../../../src/model/distributions/likelihoods.ts';
import { needsStatistics, type LikelihoodSpec } from '../../../src/model/specification.ts';
import { at, meanOf } from '../../support/numbers.ts';
import { modelSpec } from '../../support/specifications.ts';

beforeAll(() => tf.setBackend('cpu'));

const likelihood = (given: object) => modelSpec({ likelihood: given }).likelihood;
const gaussian = likelihood({ family: 'gaussian', standardise: 'per_element' });
const ROWS = [
  [100, 5, 0.001],
  [140, 5, 0.002],
  [180, 5, 0.006],
];

function statistics(given = gaussian, rows: readonly (readonly number[])[] = ROWS) {
  const gathering = gatherStatistics(3, given);
  gathering.add(rows.flat());
  return gathering.result();
}

describe('completeLikelihood', () => {
  it('gives every element mean 0 and variance 1, and only shifts a constant', () => {
    const { transform } = completeLikelihood(gaussian, statistics()) as {
      transform: { shift: number[]; scale: number[] };
    };
    expect(at(transform.scale, 1)).toBe(1);
    for (const i of [0, 1, 2]) {
      const values = ROWS.map((row) => (at(row, i) - at(transform.shift, i)) / at(transform.scale, i));
      expect(meanOf(values)).toBeCloseTo(0, 12);
      expect(meanOf(values.map((value) => value ** 2))).toBeCloseTo(i === 1 ? 0 : 1, 12);
    }
  });

  it('keeps a transform that is there', () => {
    const done = completeLikelihood(gaussian, statistics());
    expect(completeLikelihood(done, statistics(gaussian, [[1, 2, 3]]))).toEqual(done);
    expect(needsStatistics(done)).toBe(false);
  });

  it.each(['bernoulli', 'poisson', 'gaussian'])('leaves %s as it is', (family) => {
    const given = likelihood({ family });
    expect(completeLikelihood(given, statistics(given))).toBe(given);
  });

  it('standardises the real columns of a table, log-normal ones by their logarithms', () => {
    const given = likelihood({
      family: 'mixed',
      columns: [
        { name: 'a', likelihood: { family: 'gaussian' } },
        { name: 'b', likelihood: { family: 'poisson' } },
        { name: 'c', likelihood: { family: 'log_normal' } },
      ],
    });
    const done = completeLikelihood(given, statistics(given));
    const columns = done.family === 'mixed' ? done.columns.map(({ likelihood: own }) => own) : [];
    const logs = ROWS.map((row) => Math.log(at(row, 2)));
    expect(columns[0]).toMatchObject({
      transform: { shift: 140, scale: expect.closeTo(Math.sqrt(3200 / 3), 10) as number },
    });
    expect(columns[1]).toEqual({ family: 'poisson' });
    expect(columns[2]).toMatchObject({ transform: { shift: expect.closeTo(meanOf(logs), 10) as number } });
  });

  describe('of robust columns', () => {
    const table = (...likelihoods: object[]) =>
      likelihood({
        family: 'mixed',
        columns: likelihoods.map((own, i) => ({ name: `c${i}`, likelihood: own })),
      });
    const complete = (given: LikelihoodSpec, rows?: readonly (readonly number[])[]) => {
      const done = completeLikelihood(given, statistics(given, rows));
      return done.family === 'mixed' ? done.columns.map(({ likelihood: own }) => own) : [];
    };
    const deviation = Math.sqrt(3200 / 3);

    it('centres the broad distribution on the data, five standard deviations wide', () => {
      const given = table(
        { family: 'gaussian', outliers: {} },
        { family: 'poisson', outliers: { share: 0.01 }, other: {} },
        { family: 'log_normal', outliers: {} },
      );
      const [real, count, positive] = complete(given);
      const logs = ROWS.map((row) => Math.log(at(row, 2)));
      const spread = Math.sqrt(meanOf(logs.map((value) => (value - meanOf(logs)) ** 2)));
      const median = Math.exp(meanOf(logs));
      const near = (value: number) => expect.closeTo(value, 5) as number;
      expect(real).toMatchObject({
        outliers: { share: 1e-10, location: near(140), scale: near(5 * deviation) },
      });
      // Constants have a scale of 1.
      expect(count).toEqual({
        family: 'poisson',
        outliers: { share: 0.01, scale: 10 },
        other: { share: 1 / 5 },
      });
      expect(positive).toMatchObject({
        outliers: { location: near(median), scale: near(5 * median * Math.sinh(spread)) },
      });
    });

    it('estimates the share of other, at most one half', () => {
      const given = table(
        { family: 'categorical', categories: 3, other: {} },
        { family: 'bernoulli', other: {} },
        { family: 'categorical', categories: 2, other: { share: 0.3 } },
      );
      const rows = [
        [0, 1, 1],
        [1, -1, -1],
        [2, 1, 1],
      ];
      expect(complete(given, rows).map((own) => 'other' in own && own.other)).toEqual([
        { share: 0.5 },
        { share: 2 / 5 },
        { share: 0.3 },
      ]);
    });

    it('keeps what is given, and computes the rest', () => {
      const given = table(
        { family: 'gaussian', standardise: 'none', outliers: { scale: 3 } },
        { family: 'bernoulli', other: { share: 0.1 } },
        { family: 'student_t', standardise: 'none', outliers: { location: 2 } },
      );
      const done = complete(given);
      expect(done[0]).toMatchObject({ outliers: { location: expect.closeTo(140, 5) as number, scale: 3 } });
      expect(done[1]).toEqual({ family: 'bernoulli', other: { share: 0.1 } });
      expect(done[2]).toMatchObject({ outliers: { location: 2 } });
      expect(needsStatistics(given)).toBe(true);
      expect(needsStatistics(table(...done))).toBe(false);
    });

    it('has scales that float32 can hold, whatever the data', () => {
      const given = table(
        { family: 'gaussian', outliers: {} },
        { family: 'log_normal', outliers: {} },
        { family: 'log_normal', outliers: {} },
      );
      const rows = [
        [-3e38, 1e-38, 3e38],
        [3e38, 3e38, 1e38],
        [1e38, 1, 2e38],
      ];
      for (const own of complete(given, rows)) {
        const { location = NaN, scale = NaN } = ('outliers' in own && own.outliers) as {
          location?: number;
          scale?: number;
        };
        expect(Math.fround(location)).toBeLessThan(Infinity);
        expect(scale).toBeGreaterThanOrEqual(1e-30);
        expect(scale).toBeLessThanOrEqual(1e30);
      }
    });
  });

  it('is asked for before a family is made', () => {
    expect(() => likelihoodFamily(gaussian)).toThrow('no transform');
    expect(() => likelihoodFamily(completeLikelihood(gaussian, statistics()))).not.toThrow();
  });
});

describe('a transform', () => {
  const real = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const scale = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

  it('brings standardised values back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(real, scale, fc.double({ min: -5, max: 5, noNaN: true })), { minLength: 1 }),
        (given) => {
          const { standardise, restore } = createStandardisation({
            shift: given.map(([shift]) => shift),
            scale: given.map(([, own]) => own),
          });
          const y = tf.tensor1d(given.map(([, , value]) => value));
          const back = standardise(restore(y)).dataSync();
          given.forEach(([shift, own, value], i) => {
            const tolerance = 1e-6 * (1 + Math.abs(value) + Math.abs(shift) / own);
            expect(Math.abs(at(back, i) - value)).toBeLessThan(tolerance);
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of a constant is a shift', () => {
    fc.assert(
      fc.property(real, (value) => {
        expect(transformOf(value, 1e-14 * value * value)).toEqual({ shift: value, scale: 1 });
      }),
    );
  });

  it('moves densities by the logarithm of its scale', () => {
    fc.assert(
      fc.property(real, scale, fc.double({ min: -3, max: 3, noNaN: true }), (shift, own, y) => {
        const plain = likelihoodFamily(likelihood({ family: 'gaussian' }));
        const moved = likelihoodFamily(
          likelihood({ family: 'gaussian', transform: { shift: [shift], scale: [own] } }),
        );
        const output = tf.tensor1d([0.3, -0.5]);
        const x = createStandardisation({ shift: [shift], scale: [own] }).restore(tf.tensor1d([y]));
        const rounded = createStandardisation({ shift: [shift], scale: [own] }).standardise(x);
        const expected = at(plain.fromOutput(output, {}).logProb(rounded).dataSync(), 0) - Math.log(own);
        expect(at(moved.fromOutput(output, {}).logProb(x).dataSync(), 0)).toBeCloseTo(expected, 3);
      }),
    );
  });
});
