import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { latentFamily } from '../../../src/model/distributions/latent.ts';
import { describedFamily } from '../../../src/model/specification/families/families.ts';
import {
  combinationProblems,
  POSTERIOR_FAMILIES,
  PRIOR_FAMILIES,
  posteriorSize,
} from '../../../src/model/specification.ts';
import { modelSpec, trainingSpec } from '../../support/specifications.ts';

describe('what the specification knows of a family', () => {
  it.each(POSTERIOR_FAMILIES)('is how many numbers the posterior %s is made from', (family) => {
    const { posterior } = modelSpec({ posterior: { family } });
    const made = latentFamily(posterior);
    for (const size of [2, 3, 7]) {
      const output = tf.zeros([1, posteriorSize(posterior, size)]);
      expect(made.fromOutput(output, size).center().shape).toEqual([1, size]);
    }
  });

  it.each(PRIOR_FAMILIES)('is that the prior %s covers its support', (family) => {
    const { coversSupport = true } = describedFamily(family);
    expect(coversSupport).toBe(true);
  });
});

describe('wake-sleep', () => {
  const counts = { name: 'n', likelihood: { family: 'poisson' } };
  const real = { name: 'x', likelihood: { family: 'gaussian', standardise: 'none' } };

  it.each([
    [{ family: 'bernoulli' }, true],
    [{ family: 'continuous_bernoulli' }, true],
    [{ family: 'gaussian' }, true],
    [{ family: 'poisson' }, false],
    [{ family: 'categorical', groups: [2] }, true],
    [{ family: 'mixed', columns: [real] }, true],
    [{ family: 'mixed', columns: [real, counts] }, false],
  ])('is admitted where the likelihood can be drawn from: %j', (likelihood, admitted) => {
    const model = modelSpec({ likelihood });
    const problems = combinationProblems(model, trainingSpec({ algorithm: { name: 'wake_sleep' } }));
    expect(problems.length === 0).toBe(admitted);
  });
});
