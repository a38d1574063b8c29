import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { importanceWeighted } from '../../../src/model/estimators/importance-weighted.ts';
import { sgvbA } from '../../../src/model/estimators/sgvb.ts';
import { createVae } from '../../../src/model/vae.ts';
import { at, normals } from '../../support/numbers.ts';
import { randomParameters, tensorsOf, tinyModel } from '../../support/tiny-model.ts';

const [DATA_SIZE, LATENT_SIZE, ROWS] = [3, 2, 2];

beforeAll(() => tf.setBackend('cpu'));

const vae = createVae(tinyModel(), [DATA_SIZE]);

describe('the importance weighted estimator', () => {
  const given = (draws: number) => ({
    vae,
    parameters: tensorsOf(randomParameters(vae.shapes, 1)),
    x: tf.tensor2d([0.2, 0.9, 0.4, 1, 0, 0.7], [ROWS, DATA_SIZE]),
    noise: {
      normal: tf.tensor3d(normals(8, draws * ROWS * LATENT_SIZE), [draws, ROWS, LATENT_SIZE]),
    },
  });

  it('is estimator A for one draw', () => {
    const [weighted, a] = [importanceWeighted(given(1)).elbo, sgvbA(given(1)).elbo];
    weighted.dataSync().forEach((value, row) => {
      expect(value).toBeCloseTo(at(a.dataSync(), row), 5);
    });
  });

  it('lies between the mean and the largest of its draws', () => {
    const many = given(20);
    const bound = importanceWeighted(many).elbo.dataSync();
    const mean = sgvbA(many).elbo.dataSync();
    const draws = Array.from({ length: 20 }, (_, l) => {
      const one = { normal: tf.slice(many.noise.normal, [l, 0, 0], [1, ROWS, LATENT_SIZE]) };
      return sgvbA({ ...many, noise: one }).elbo.dataSync();
    });
    bound.forEach((value, row) => {
      expect(value).toBeGreaterThan(at(mean, row));
      expect(value).toBeLessThan(Math.max(...draws.map((draw) => at(draw, row))));
    });
  });
});
