import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { scoreFunction } from '../../../src/model/estimators/score-function.ts';
import { sgvbA, sgvbB } from '../../../src/model/estimators/sgvb.ts';
import type { Estimator } from '../../../src/model/estimators/estimator.ts';
import { createVae } from '../../../src/model/vae.ts';
import { at, estimateOf, meanOf, normals } from '../../support/numbers.ts';
import { randomParameters, tensorsOf, tinyModel } from '../../support/tiny-model.ts';

const [DATA_SIZE, LATENT_SIZE, ROWS] = [3, 2, 2];
const REPEATS = 800;
const WATCHED = 'encoder.output.weight';

beforeAll(() => tf.setBackend('cpu'));

const vae = createVae(tinyModel(), [DATA_SIZE]);
const x = () => tf.tensor2d([0.2, 0.9, 0.4, 1, 0, 0.7], [ROWS, DATA_SIZE]);
const noiseOf = (seed: number, draws: number) => ({
  normal: tf.tensor3d(normals(seed, draws * ROWS * LATENT_SIZE), [draws, ROWS, LATENT_SIZE]),
});

/** The gradient of the encoder's output layer for one set of draws. */
function gradient(estimator: Estimator, seed: number, draws: number): Float32Array {
  return tf.tidy(() => {
    const parameters = tensorsOf(randomParameters(vae.shapes, 1));
    const loss = (weight: tf.Tensor) =>
      tf.mean<tf.Scalar>(
        estimator({
          vae,
          parameters: { ...parameters, [WATCHED]: weight },
          x: x(),
          noise: noiseOf(seed, draws),
        }).surrogate,
      );
    return tf
      .grad(loss)(parameters[WATCHED] ?? tf.scalar(0))
      .dataSync<'float32'>();
  });
}

function gradients(estimator: Estimator, draws: number, firstSeed: number) {
  const all = Array.from({ length: REPEATS }, (_, i) => gradient(estimator, firstSeed + i, draws));
  return Array.from(all[0] ?? [], (_, element) => estimateOf(all.map((one) => at(one, element))));
}

describe('the score function', () => {
  let expected: ReturnType<typeof gradients>;
  beforeAll(() => {
    expected = gradients(sgvbB, 1, 1);
  });

  it.each([
    ['none', 1],
    ['leave_one_out', 3],
    ['leave_one_out', 1],
  ] as const)(
    'has the gradient of the bound in expectation: control variate %s, %d draws',
    (control, draws) => {
      gradients(scoreFunction(control), draws, 100_000).forEach(({ mean, standardError }, i) => {
        const other = expected[i] ?? { mean: NaN, standardError: NaN };
        expect(Math.abs(mean - other.mean)).toBeLessThan(
          4.5 * Math.hypot(standardError, other.standardError),
        );
      });
    },
  );

  it('varies more than estimator A, and less with the control variate', () => {
    const spread = (estimator: Estimator) =>
      meanOf(gradients(estimator, 2, 1).map(({ standardError }) => standardError ** 2));
    const [plain, controlled, a] = [scoreFunction('none'), scoreFunction('leave_one_out'), sgvbA].map(spread);
    expect(plain).toBeGreaterThan(controlled ?? NaN);
    expect(controlled).toBeGreaterThan(a ?? NaN);
  });

  it('reports the same bound as estimator A', () => {
    const given = () => ({
      vae,
      parameters: tensorsOf(randomParameters(vae.shapes, 1)),
      x: x(),
      noise: noiseOf(7, 3),
    });
    const [score, a] = [scoreFunction('none')(given()).elbo, sgvbA(given()).elbo];
    expect(Array.from(score.dataSync())).toEqual(
      Array.from(a.dataSync(), (value) => expect.closeTo(value, 5) as unknown),
    );
  });
});
