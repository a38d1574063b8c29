import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as diagonal from '../../../../src/model/distributions/diagonal-gaussian.ts';
import { gaussian, standardNormal } from '../../../../src/model/distributions/families/gaussian.ts';
import { klDivergence } from '../../../../src/model/distributions/kl.ts';
import { graphOf } from '../../../support/evaluate.ts';
import { at, normals } from '../../../support/numbers.ts';
import { array, tensor } from '../../../support/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const [ROWS, DRAWS, SIZE] = [4, 2, 3];
const INPUTS = {
  output: { shape: [ROWS, 2 * SIZE], data: normals(1, ROWS * 2 * SIZE) },
  noise: { shape: [DRAWS, ROWS, SIZE], data: normals(2, DRAWS * ROWS * SIZE) },
};

const kl = (q: Parameters<NonNullable<ReturnType<typeof klDivergence>>>[0], p: typeof q) => {
  const divergence = klDivergence('gaussian', 'gaussian');
  if (!divergence) throw new RangeError('the divergence of two Gaussians is missing');
  return divergence(q, p);
};

describe('gaussian', () => {
  // Nodes are value-numbered: the same operators on the same inputs are one node.
  it('adds no operator to those of the plain functions', () => {
    const graph = graphOf((given) => {
      const [output, noise] = [tensor(given, 'output'), tensor(given, 'noise')];
      const [mean = output, logVariance = output] = tf.split(output, 2, -1);
      const plain = { mean, logVariance };
      const family = gaussian.fromOutput(output, SIZE);
      const z = diagonal.reparameterize(plain, noise);
      return {
        draw: family.sample({ normal: noise }),
        plainDraw: z,
        logProb: family.logProb(z),
        plainLogProb: diagonal.logProb(plain, z),
        prior: standardNormal().logProb(z),
        plainPrior: diagonal.standardNormalLogProb(z),
        divergence: kl(family, standardNormal()),
        plainDivergence: diagonal.klFromStandardNormal(plain),
      };
    }, INPUTS);
    for (const name of ['draw', 'logProb', 'prior', 'divergence'])
      expect(array(graph, name)).toBe(array(graph, `plain${name.charAt(0).toUpperCase()}${name.slice(1)}`));
  });

  it('has the same divergence from N(0, I) by its own formula and by the general one', () => {
    const q = gaussian.fromOutput(tf.tensor(array(INPUTS, 'output').data, [ROWS, 2 * SIZE]), SIZE);
    const general = gaussian.of({ mean: tf.zeros([SIZE]), log_variance: tf.zeros([SIZE]) });
    const [short, long] = [kl(q, standardNormal()).dataSync(), kl(q, general).dataSync()];
    short.forEach((value, i) => {
      expect(value).toBeCloseTo(at(long, i), 5);
    });
  });

  it('refuses to draw without noise', () => {
    const q = gaussian.fromOutput(tf.zeros([1, 2]), 1);
    expect(() => q.sample({})).toThrow('the noise that this distribution draws from is missing');
  });
});
