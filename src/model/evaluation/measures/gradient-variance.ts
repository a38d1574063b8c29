import * as tf from '@tensorflow/tfjs';
import { getNamed, mapNamed, selectNamed } from '../../named-arrays.ts';
import { createEstimator } from '../../estimators/estimators.ts';
import { permute, deriveKey } from '../../random/streams.ts';
import type { ArraySpecs, FloatArray, FloatArrays, TensorFunction } from '../../runtime/runtime.ts';
import { COMPARED_ESTIMATORS, type EstimatorSpec, type MeasureOf } from '../../specification.ts';
import { differentiate } from '../../training/step.ts';
import { toOneDraw, toNoise, drawNoise } from '../draws.ts';
import { toFiniteOrNull, type Measure, type MeasureContext, type RowBatch } from './measure.ts';

type Spec = MeasureOf<'gradient_variance'>;

/**
 * The trace of the covariance of the loss gradient (nats per datapoint) over draws of the noise, for fixed parameters and a
 * fixed minibatch. It is estimated from `draws` draws with L = 1.
 */
export const gradientVariance: Measure<'gradient_variance'> = async (context, spec) => {
  const minibatch = await drawMinibatch(context, spec.minibatch_size);
  const asked = COMPARED_ESTIMATORS.filter(
    ({ name }) => name !== 'sgvb_b' || context.vae.klDivergence !== null,
  );
  const traces: Trace[] = [];
  for (const estimator of asked) traces.push(await measureTrace(context, spec, estimator, minibatch));
  const closed = traces[asked.findIndex(({ name }) => name === 'sgvb_b')];
  return {
    gradient_variance: {
      minibatch_size: minibatch.numbers.length,
      draws: spec.draws,
      estimators: asked.map((estimator, i) => ({
        estimator: estimator.name,
        ...('control_variate' in estimator ? { control_variate: estimator.control_variate } : {}),
        ...compareVariance(traces[i]?.encoder, closed?.encoder),
        all_parameters: compareVariance(traces[i]?.all, closed?.all),
      })),
    },
  };
};

interface Trace {
  /** Over the encoder's parameters. */
  readonly encoder: number;
  readonly all: number;
}

function compareVariance(variance = NaN, closed = NaN) {
  return { variance: toFiniteOrNull(variance), ratio_to_sgvb_b: toFiniteOrNull(variance / closed) };
}

async function measureTrace(
  context: MeasureContext,
  { draws }: Spec,
  estimator: EstimatorSpec,
  { values, numbers }: RowBatch,
): Promise<Trace> {
  const { vae, runtime, seed, advance } = context;
  const parameters = selectLearned(context);
  const source = { seed, stream: 'gradientNoise', rows: numbers } as const;
  const noiseAt = (draw: number) => drawNoise(vae.noise.posterior, source, draw, numbers.length);
  const inputs = { ...parameters, rows: values };
  const compiled = await runtime.compile(
    defineGradients(context, estimator, Object.keys(parameters)),
    toSpecs({ ...inputs, ...noiseAt(0) }),
  );
  const spreads = new Map(
    Object.entries(parameters).map(([name, { data }]) => [name, new Spread(data.length)]),
  );
  try {
    for (let draw = 0; draw < draws; draw++) {
      const results = await compiled.run({ ...inputs, ...noiseAt(draw) });
      for (const [name, { data }] of Object.entries(results)) spreads.get(name)?.add(data);
      await advance(3 * numbers.length);
    }
  } finally {
    await compiled.dispose();
  }
  const total = (prefix: string) =>
    Array.from(spreads, ([name, spread]) => (name.startsWith(prefix) ? spread.total : 0)).reduce(
      (a, b) => a + b,
    );
  return { encoder: total('encoder.'), all: total('') };
}

/** Excludes the spreads of full_vb's posterior over parameters. */
function selectLearned({ vae, parameters }: MeasureContext): FloatArrays {
  return selectNamed(parameters, Object.keys(vae.shapes));
}

function defineGradients(
  { vae }: MeasureContext,
  spec: EstimatorSpec,
  names: readonly string[],
): TensorFunction {
  const estimator = createEstimator(spec);
  return (inputs) => {
    const noise = toOneDraw(toNoise(inputs['normal'], inputs['uniform']));
    const given = Object.fromEntries(names.map((name) => [name, getNamed(inputs, name)]));
    const x = getNamed(inputs, 'rows');
    return differentiate(given, (parameters) =>
      tf.neg(tf.mean<tf.Scalar>(estimator({ vae, parameters, x, noise }).surrogate)),
    );
  };
}

function toSpecs(arrays: FloatArrays): ArraySpecs {
  return mapNamed(arrays, ({ shape }) => ({ shape, dtype: 'float32' }));
}

/** Draws rows by the seed from the evaluated rows. */
async function drawMinibatch({ rows, seed, dataSize }: MeasureContext, size: number): Promise<RowBatch> {
  const chosen = new Set(permute(deriveKey(seed, 'gradientNoise', MINIBATCH), rows.count).subarray(0, size));
  const data = new Float32Array(chosen.size * dataSize);
  const numbers = new Uint32Array(chosen.size);
  let [position, next] = [0, 0];
  for await (const batch of rows.batches()) {
    batch.numbers.forEach((number, i) => {
      if (!chosen.has(position++)) return;
      numbers[next] = number;
      data.set(batch.values.data.subarray(i * dataSize, (i + 1) * dataSize), next++ * dataSize);
    });
  }
  const values: FloatArray = { shape: [chosen.size, dataSize], data };
  return { values, numbers };
}

/** Far above all draw numbers, which index the same stream. */
const MINIBATCH = 2 ** 40;

/** Variances of many numbers at once, in float64, from differences to the first values. */
class Spread {
  #count = 0;
  #first: Float32Array | undefined;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  constructor(size: number) {
    this.#sums = new Float64Array(size);
    this.#squares = new Float64Array(size);
  }

  add(values: Float32Array): void {
    this.#first ??= Float32Array.from(values);
    this.#count += 1;
    for (let i = 0; i < values.length; i++) {
      const difference = (values[i] ?? 0) - (this.#first[i] ?? 0);
      this.#sums[i] = (this.#sums[i] ?? 0) + difference;
      this.#squares[i] = (this.#squares[i] ?? 0) + difference * difference;
    }
  }

  /** Sum of the unbiased variances. */
  get total(): number {
    const squares = this.#squares.reduce(
      (sum, square, i) => sum + square - (this.#sums[i] ?? 0) ** 2 / this.#count,
      0,
    );
    return squares / (this.#count - 1);
  }
}
