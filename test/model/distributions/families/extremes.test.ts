import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Distribution, Noise } from '../../../../src/model/distributions/distribution.ts';
import { createOnnxRuntime } from '../../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArray, FloatArrays, Runtime } from '../../../../src/model/runtime/runtime.ts';
import {
  describedFamily,
  FAMILY_NAMES,
  type FamilyName,
} from '../../../../src/model/specification/families/families.ts';
import type { Support } from '../../../../src/model/specification/families/family.ts';
import { posteriorSize } from '../../../../src/model/specification.ts';
import { createEagerRuntime } from '../../../support/eager-runtime.ts';
import { inFloat } from '../../../support/evaluate.ts';
import { familyOf, noiseOf } from '../../../support/family-cases.ts';
import { at, numbers } from '../../../support/numbers.ts';
import { array, tensor } from '../../../support/tiny-model.ts';

const SIZE = 3;
const ROWS = 200;
const OUTPUTS = [-50, -7, 0, 3, 50];
const NORMALS = [-6.5, 0, 6.5];
const UNIFORMS = [2 ** -24, 0.5 - 2 ** -24, 0.5 + 2 ** -24, 1 - 2 ** -24];

let runtimes: Readonly<Record<'compiled' | 'eager', Runtime>>;
beforeAll(async () => {
  runtimes = {
    compiled: createOnnxRuntime({ device: 'cpu', threads: 1 }),
    eager: await createEagerRuntime(),
  };
});
afterAll(() => runtimes.compiled.dispose());

/** Parameters that may be any real number; all others are above zero. */
const REAL = new Set(['location', 'mean', 'log_variance', 'cholesky', 'low']);

const INSIDE: { readonly [Name in Support]: (z: number) => boolean } = {
  real: Number.isFinite,
  positive: (z) => z > 0 && Number.isFinite(z),
  unit_interval: (z) => z > 0 && z < 1,
  simplex: (z) => z > 0 && z < 1,
};

const repeated = (values: readonly number[]) => values.map((z) => [z, z, z]);
const POINTS: { readonly [Name in Support]: readonly (readonly number[])[] } = {
  real: repeated([-30, -2, -0.1, 0.2, 1, 40]),
  positive: repeated([1e-6, 0.01, 0.5, 1, 40]),
  unit_interval: repeated([1e-6, 0.01, 0.5, 0.999]),
  simplex: [
    [1e-6, 0.3, 0.7],
    [0.2, 0.2, 0.6],
  ],
};

/** [ROWS, width] of these values in random order. */
function mixtures(values: readonly number[], width: number, seed: number): FloatArray {
  const source = numbers(seed);
  const pick = () => at(values, Math.floor(source.uniform(0, values.length)));
  return { shape: [ROWS, width], data: Float32Array.from({ length: ROWS * width }, pick) };
}

function extremeRows(name: FamilyName): number[][] {
  const width = posteriorSize({ family: name }, SIZE);
  return OUTPUTS.map((value) => new Array<number>(width).fill(value));
}

function inputsFor(name: FamilyName): FloatArrays {
  const family = familyOf(name);
  const { noise } = family;
  return {
    output: mixtures(OUTPUTS, posteriorSize({ family: name }, SIZE), 1),
    ...(noise.normal > 0 && { normal: mixtures(NORMALS, SIZE * noise.normal, 2) }),
    ...(noise.uniform > 0 && { uniform: mixtures(UNIFORMS, SIZE * noise.uniform, 3) }),
  };
}

/** A draw, its density, and the derivatives of both by the network's output. */
function look(name: FamilyName, output: tf.Tensor, noise: Noise): Record<string, tf.Tensor> {
  const from = (value: tf.Tensor): Distribution => familyOf(name).fromOutput(value, SIZE);
  const drawn = (value: tf.Tensor) => from(value).sample(noise);
  return {
    ...from(output).parameters,
    draws: drawn(output),
    logProb: from(output).logProb(drawn(output)),
    drawGradient: tf.grad((value) => tf.sum(drawn(value)))(output),
    logProbGradient: tf.grad((value) => tf.sum(from(value).logProb(drawn(value))))(output),
  };
}

describe.each(FAMILY_NAMES)('%s', (name) => {
  it.each(['compiled', 'eager'] as const)(
    'stays inside its support at extreme outputs and noise, with derivatives (%s)',
    async (kind) => {
      const found = await inFloat(
        runtimes[kind],
        (inputs) => look(name, tensor(inputs, 'output'), noiseOf(inputs)),
        inputsFor(name),
      );
      const isInside = INSIDE[describedFamily(name).support];
      expect(Array.from(array(found, 'draws').data.filter((z) => !isInside(z)))).toEqual([]);
      for (const [key, { data }] of Object.entries(found))
        expect(data.filter((value) => !Number.isFinite(value)).length, key).toBe(0);
    },
  );

  it('makes parameters of its own kind out of any output', () => {
    const { parameters } = familyOf(name).fromOutput(tf.tensor2d(extremeRows(name)), SIZE);
    for (const [key, value] of Object.entries(parameters))
      if (!REAL.has(key)) expect(Math.min(...value.dataSync()), key).toBeGreaterThan(0);
  });

  it('has density on all of its support exactly where it says so', async () => {
    const family = familyOf(name);
    const { support, coversSupport = true } = describedFamily(name);
    const points = POINTS[support];
    const found = await inFloat(
      runtimes.compiled,
      (inputs) => {
        const output = tf.zeros([posteriorSize({ family: name }, SIZE)]);
        return { logProb: family.fromOutput(output, SIZE).logProb(tensor(inputs, 'z')) };
      },
      { z: { shape: [points.length, SIZE], data: Float32Array.from(points.flat()) } },
    );
    expect(array(found, 'logProb').data.every(Number.isFinite)).toBe(coversSupport);
  });
});
