import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { likelihoodFamily } from '../../../../src/model/distributions/likelihoods.ts';
import { caseOf } from '../../../support/likelihood-cases.ts';
import { at } from '../../../support/numbers.ts';
import { modelSpec } from '../../../support/specifications.ts';

beforeAll(() => tf.setBackend('cpu'));

const { spec, x: WHOLE, output } = caseOf('mixed, nothing missing');
const family = likelihoodFamily(spec);
const likelihood = () => family.fromOutput(tf.tensor2d([...output], [1, output.length]), {});
const byColumn = (row: readonly number[]) =>
  Array.from(
    likelihood()
      .logProbByColumn(tf.tensor1d([...row]))
      .dataSync(),
  );
const withGaps = (gaps: readonly boolean[]) => WHOLE.map((value, i) => (gaps[i] ? NaN : value));
const gaps = fc.array(fc.boolean(), { minLength: WHOLE.length, maxLength: WHOLE.length });

describe('a mixed likelihood', () => {
  it('takes only the terms of missing values away', () => {
    const all = byColumn(WHOLE);
    fc.assert(
      fc.property(gaps, (missing) => {
        const found = byColumn(withGaps(missing));
        missing.forEach((gap, i) => {
          expect(at(found, i) + 0).toBe(gap ? 0 : at(all, i));
        });
        const total = at(
          likelihood()
            .logProb(tf.tensor1d(withGaps(missing)))
            .dataSync(),
          0,
        );
        expect(total).toBeCloseTo(
          found.reduce((sum, term) => sum + term, 0),
          4,
        );
      }),
    );
  });

  it('gives missing values no gradient, and the others the one they have', () => {
    const gradientOf = (row: readonly number[]) => {
      const score = (y: tf.Tensor) =>
        tf.sum<tf.Scalar>(family.fromOutput(y, {}).logProb(tf.tensor1d([...row])));
      return tf
        .grad(score)(tf.tensor1d([...output]))
        .dataSync();
    };
    const only = (column: number) => withGaps(WHOLE.map((_, i) => i !== column));
    const all = gradientOf(WHOLE);
    const summed = WHOLE.map((_, column) => gradientOf(only(column))).reduce(
      (sum, gradient) => sum.map((value, i) => value + at(gradient, i)),
      output.map(() => 0),
    );
    all.forEach((value, i) => {
      expect(at(summed, i)).toBeCloseTo(value, 5);
    });
    expect(gradientOf(WHOLE.map(() => NaN)).every((value) => value === 0)).toBe(true);
  });

  it('shows the encoder standardised numbers, one-hot categories, log counts, and what is missing', () => {
    const present = family.encoderInput(tf.tensor2d([...WHOLE], [1, 8])).dataSync();
    const features = [
      ...[(181.5 - 170) / 10, (52 - 70) / 15],
      ...[0, 0, 1, 0, 0, 0, 1],
      Math.log(5),
      (Math.log(31000) - 10) / 0.8,
      1,
      0.9,
    ];
    [...features, ...WHOLE.map(() => 0)].forEach((value, i) => {
      expect(at(present, i)).toBeCloseTo(value, 5);
    });
  });

  it('shows the encoder zeros for what is missing, and a one that says so', () => {
    const nothing = family
      .encoderInput(
        tf.tensor2d(
          WHOLE.map(() => NaN),
          [1, 8],
        ),
      )
      .dataSync();
    const indicators = WHOLE.length;
    nothing.forEach((value, i) => {
      expect(value).toBeCloseTo(i < nothing.length - indicators ? 0 : 1, 5);
    });
  });

  it('changes nothing else of what the encoder sees where a value is missing', () => {
    const input = (row: readonly number[]) => family.encoderInput(tf.tensor1d([...row])).dataSync();
    const [all, gone] = [input(WHOLE), input(withGaps(WHOLE.map((_, i) => i === 1)))];
    const changed = Array.from(all, (value, i) => [value, at(gone, i)]).filter(([a, b]) => a !== b);
    // The one of the colour's one-hot form, and its indicator.
    expect(changed).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('answers whole numbers for classes and counts in its mode', () => {
    const mode = likelihood().mode().dataSync();
    expect(Array.from(mode, (value, i) => (i === 3 ? 0 : Math.round(value * 1e3) / 1e3))).toEqual([
      ...[174, 2, Math.floor(Math.exp(1.3)), 0],
      ...[0, 1, 52, 0.2],
    ]);
    expect(at(mode, 3) / Math.exp(10 + 0.8 * 0.7)).toBeCloseTo(1, 5);
  });

  it('without columns that may miss values has no indicators, and no test for them', () => {
    const bare = likelihoodFamily(caseOf('mixed').spec);
    const row = tf.tensor2d([...WHOLE], [1, 8]);
    const [width = 0] = bare.encoderInput(row).shape.slice(1);
    expect(family.encoderInput(row).shape).toEqual([1, width + 8]);
  });

  it('scores draws of z [draws, rows] against rows at once', () => {
    const y = tf.tile(tf.tensor3d([...output], [1, 1, output.length]), [3, 2, 1]);
    const rows = tf.tensor2d([...WHOLE, ...withGaps(WHOLE.map((_, i) => i < 4))], [2, 8]);
    const scores = family.fromOutput(y, {}).logProb(rows);
    expect(scores.shape).toEqual([3, 2]);
    const [first, second] = [byColumn(WHOLE), byColumn(withGaps(WHOLE.map((_, i) => i < 4)))];
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    const expected = [sum(first), sum(second)];
    scores.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(at(expected, i % 2), 4);
    });
  });

  it('of columns of one kind needs no reordering', () => {
    const column = (name: string) => ({ name, likelihood: { family: 'bernoulli' } });
    const bits = likelihoodFamily(
      modelSpec({ likelihood: { family: 'mixed', columns: [column('a'), column('b')] } }).likelihood,
    );
    const x = tf.tensor1d([0, 1]);
    expect(bits.encoderInput(x)).toBe(x);
  });
});
