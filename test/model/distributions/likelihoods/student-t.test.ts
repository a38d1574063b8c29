import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { likelihoodFamily } from '../../../../src/model/distributions/likelihoods.ts';
import { at, uniforms } from '../../../support/numbers.ts';
import { modelSpec } from '../../../support/specifications.ts';

beforeAll(() => tf.setBackend('cpu'));

const DRAWS = 4000;
const { likelihood } = modelSpec({
  likelihood: { family: 'student_t', degrees_of_freedom: 3, minimum_scale: 0 },
});
/** Location 1.5 and scale 2 of two elements, the second shifted. */
const OUTPUT = [1.5, -4, Math.log(4), Math.log(4)];
const made = () => likelihoodFamily(likelihood).fromOutput(tf.tensor2d([OUTPUT]), {});

/** The distribution function of t with 3 degrees of freedom. */
function cdf(t: number): number {
  const y = t / Math.sqrt(3);
  return 0.5 + (y / (1 + y * y) + Math.atan(y)) / Math.PI;
}

describe('student_t', () => {
  it('draws from its distribution (Kolmogorov-Smirnov)', () => {
    const uniform = tf.tensor2d(uniforms(4, DRAWS * 4, 0, 1), [DRAWS, 4]);
    const rows = made().sample({ uniform }).arraySync() as number[][];
    [1.5, -4].forEach((location, element) => {
      const sorted = rows.map((row) => at(row, element)).sort((a, b) => a - b);
      const distances = sorted.map((x, i) => Math.abs(cdf((x - location) / 2) - (i + 0.5) / DRAWS));
      expect(Math.sqrt(DRAWS) * Math.max(...distances)).toBeLessThan(2.7);
    });
  });

  it('has a density that integrates to 1', () => {
    // x = 1.5 + 2 tan(theta), theta evenly spaced: the whole real line.
    const steps = 4001;
    const angles = Array.from({ length: steps }, (_, i) => Math.PI * ((i + 0.5) / steps - 0.5));
    const x = tf.tensor2d(
      angles.flatMap((angle) => [1.5 + 2 * Math.tan(angle), -4]),
      [steps, 2],
    );
    const terms = made().logProbByColumn(x).dataSync();
    const sum = angles.reduce(
      (total, angle, i) => total + (Math.exp(at(terms, 2 * i)) * 2) / Math.cos(angle) ** 2,
      0,
    );
    expect((sum * Math.PI) / steps).toBeCloseTo(1, 4);
  });

  it('is moved less by an outlier than a gaussian', () => {
    const gaussian = likelihoodFamily(modelSpec({ likelihood: { family: 'gaussian' } }).likelihood);
    const slope = (logProb: (output: tf.Tensor) => tf.Tensor) =>
      Math.abs(
        at(
          tf
            .grad(logProb)(tf.tensor1d([0, 0]))
            .dataSync(),
          0,
        ),
      );
    const x = tf.tensor1d([50]);
    const robust = slope((output) => likelihoodFamily(likelihood).fromOutput(output, {}).logProb(x));
    expect(robust).toBeLessThan(slope((output) => gaussian.fromOutput(output, {}).logProb(x)) / 100);
  });
});
