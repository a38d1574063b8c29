import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { sgvbA, sgvbB } from '../../../src/model/estimators/sgvb.ts';
import { createVae } from '../../../src/model/vae.ts';
import { at, estimateOf, meanOf, normals } from '../../support/numbers.ts';
import { array, LIKELIHOODS, randomParameters, tensorsOf, tinyModel } from '../../support/tiny-model.ts';

const [DATA_SIZE, LATENT_SIZE, DRAWS] = [3, 2, 10_000];

const ESTIMATORS = { sgvb_a: sgvbA, sgvb_b: sgvbB };
type Name = keyof typeof ESTIMATORS;

beforeAll(() => tf.setBackend('cpu'));

/** One row with the draws laid along the rows, so that every draw's own estimate is seen. */
function estimates(estimator: Name, likelihood: string, noise: Float32Array) {
  const vae = createVae(tinyModel(array(LIKELIHOODS, likelihood)), [DATA_SIZE]);
  const parameters = tensorsOf(randomParameters(vae.shapes, 1));
  const draws = noise.length / LATENT_SIZE;
  const x = tf.tile(tf.tensor2d([0.2, 0.9, 0.4], [1, DATA_SIZE]), [draws, 1]);
  const given = { normal: tf.tensor3d(noise, [1, draws, LATENT_SIZE]) };
  const terms = ESTIMATORS[estimator]({ vae, parameters, x, noise: given });
  const read = (tensor: tf.Tensor) => tensor.dataSync() as Float32Array;
  const { elbo, logLikelihood, klDivergence } = terms;
  return { elbo: read(elbo), logLikelihood: read(logLikelihood), klDivergence: read(klDivergence) };
}

describe.each(Object.keys(LIKELIHOODS))('the estimators under %s', (likelihood) => {
  it('agree in expectation', () => {
    const [a, b] = [
      estimates('sgvb_a', likelihood, normals(1, DRAWS * LATENT_SIZE)),
      estimates('sgvb_b', likelihood, normals(2, DRAWS * LATENT_SIZE)),
    ];
    const [ofA, ofB] = [estimateOf(a.elbo), estimateOf(b.elbo)];
    const standardError = Math.hypot(ofA.standardError, ofB.standardError);
    expect(Math.abs(ofA.mean - ofB.mean)).toBeLessThan(4 * standardError);
  });

  it('differ in the KL divergence alone, which has the same mean', () => {
    const noise = normals(3, DRAWS * LATENT_SIZE);
    const [a, b] = [estimates('sgvb_a', likelihood, noise), estimates('sgvb_b', likelihood, noise)];
    const { mean, standardError } = estimateOf(a.klDivergence);
    expect(a.logLikelihood).toEqual(b.logLikelihood);
    expect(new Set(b.klDivergence).size).toBe(1);
    expect(Math.abs(mean - at(b.klDivergence, 0))).toBeLessThan(4 * standardError);
  });
});

describe.each(['sgvb_a', 'sgvb_b'] as const)('%s', (estimator) => {
  it('is the log likelihood less the KL divergence', () => {
    const { elbo, logLikelihood, klDivergence } = estimates(estimator, 'bernoulli', normals(4, 20));
    elbo.forEach((value, i) => {
      expect(value).toBeCloseTo(at(logLikelihood, i) - at(klDivergence, i), 5);
    });
  });

  it('averages over the draws of a row', () => {
    const vae = createVae(tinyModel(), [DATA_SIZE]);
    const parameters = tensorsOf(randomParameters(vae.shapes, 1));
    const noise = normals(5, 4 * LATENT_SIZE);
    const x = tf.tensor2d([0.2, 0.9, 0.4], [1, DATA_SIZE]);
    const given = { normal: tf.tensor3d(noise, [4, 1, LATENT_SIZE]) };
    const together = ESTIMATORS[estimator]({ vae, parameters, x, noise: given });
    const apart = estimates(estimator, 'bernoulli', noise).elbo;
    expect(together.elbo.shape).toEqual([1]);
    expect(at(together.elbo.dataSync(), 0)).toBeCloseTo(meanOf(apart), 4);
  });
});
