import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { dimensionKl } from '../../../src/model/distributions/dimensions.ts';
import { closedFormKl, latentFamily, priorOf } from '../../../src/model/distributions/latent.ts';
import { posteriorSize, type PosteriorSpec, type PriorSpec } from '../../../src/model/specification.ts';
import { at, meanOf, normals } from '../../support/numbers.ts';
import { modelSpec } from '../../support/specifications.ts';

const SIZE = 3;

function pair(posterior: object, prior: object) {
  const spec = modelSpec({ posterior, prior });
  const family = latentFamily(spec.posterior);
  const output = tf.tensor2d(normals(7, posteriorSize(spec.posterior, SIZE)), [
    1,
    posteriorSize(spec.posterior, SIZE),
  ]);
  return { ...spec, q: family.fromOutput(output, SIZE), p: priorOf(spec.prior, SIZE), family };
}

function closed(posterior: PosteriorSpec, prior: PriorSpec) {
  const found = dimensionKl(posterior, prior);
  if (found.method !== 'closed_form') throw new Error('no closed form');
  return found;
}

describe('the divergence of each dimension', () => {
  it.each([
    [{ family: 'gaussian' }, { family: 'gaussian' }],
    [{ family: 'gaussian' }, { family: 'gaussian', mean: 1, standard_deviation: 2 }],
    [{ family: 'laplace' }, { family: 'laplace' }],
    [{ family: 'gamma' }, { family: 'exponential' }],
    [{ family: 'beta' }, { family: 'beta' }],
  ])('adds up to that of all, %j from %j', (one, other) => {
    const { posterior, prior, q, p } = pair(one, other);
    const byDimension = closed(posterior, prior).of(q, p);
    expect(byDimension.shape).toEqual([1, SIZE]);
    const whole = closedFormKl(posterior, prior)?.(q, p).dataSync() ?? [];
    expect(tf.sum(byDimension).dataSync()[0]).toBeCloseTo(at(whole, 0), 4);
  });

  it.each([
    [{ family: 'full_gaussian' }, { family: 'gaussian' }],
    [{ family: 'dirichlet' }, { family: 'dirichlet', concentration: 1.5 }],
  ])('is that of the marginals where dimensions depend on each other, %j', (one, other) => {
    const { posterior, prior, q, p } = pair(one, other);
    const byDimension = closed(posterior, prior).of(q, p).dataSync();
    const whole = at(closedFormKl(posterior, prior)?.(q, p).dataSync() ?? [], 0);
    for (const value of byDimension) {
      expect(value).toBeGreaterThan(0);
      // What one dimension tells is part of what all tell.
      expect(value).toBeLessThan(whole);
    }
  });

  it('is the mean over draws where there is no closed form', () => {
    const { posterior, prior, q, p } = pair({ family: 'gaussian' }, { family: 'logistic' });
    const found = dimensionKl(posterior, prior);
    expect(found.method).toBe('monte_carlo');
    const draws = 4000;
    const noise = tf.tensor3d(normals(11, draws * SIZE), [draws, 1, SIZE]);
    const z = q.sample({ normal: noise });
    const terms = found.of(q, p, z);
    const exact = meanOf(tf.sub(q.logProb(z), p.logProb(z)).dataSync());
    const sum = tf.sum(tf.mean(terms, 0)).dataSync()[0];
    expect(sum).toBeCloseTo(exact, 3);
  });
});
