import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeLikelihood } from '../../../src/model/dataset/complete.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArrays, Runtime } from '../../../src/model/runtime/runtime.ts';
import type { TrainingSpec } from '../../../src/model/specification.ts';
import { elementStatistics } from '../../../src/model/training/row-source.ts';
import { Trainer } from '../../../src/model/training/trainer.ts';
import { createEagerRuntime } from '../../support/eager-runtime.ts';
import { memoryRows, rowNumbers } from '../../support/memory-rows.ts';
import { numbers, relativeDifference } from '../../support/numbers.ts';
import { flat } from '../../support/small-training.ts';
import { array, tinyModel } from '../../support/tiny-model.ts';
import { modelSpec, trainingSpec } from '../../support/specifications.ts';

const [ROWS, MINIBATCH_SIZE] = [60, 20];

/** Rows of four columns that one hidden number moves. */
function rows(row: (level: number, source: ReturnType<typeof numbers>) => number[]): Float32Array {
  const source = numbers(31);
  return Float32Array.from(Array.from({ length: ROWS }, () => row(source.normal(), source)).flat());
}
const unit = (level: number) => 1 / (1 + Math.exp(-level));

const TABLE = {
  family: 'mixed',
  columns: [
    { name: 'colour', likelihood: { family: 'categorical', categories: 3 }, missing: true },
    { name: 'height', likelihood: { family: 'gaussian' }, missing: true },
    { name: 'visits', likelihood: { family: 'poisson' } },
    { name: 'income', likelihood: { family: 'log_normal' } },
  ],
};

const ROBUST_TABLE = {
  family: 'mixed',
  columns: [
    { name: 'colour', likelihood: { family: 'categorical', categories: 3, other: {} }, missing: true },
    { name: 'height', likelihood: { family: 'gaussian', outliers: {} }, missing: true },
    { name: 'visits', likelihood: { family: 'poisson', other: {}, outliers: {} } },
    { name: 'income', likelihood: { family: 'log_normal', outliers: {} } },
  ],
};

interface Case {
  readonly likelihood: object;
  readonly data: Float32Array;
  readonly masking?: TrainingSpec['masking'];
}

const HALF = { name: 'random', share_of_rows: 0.5 } as const;

const CASES: Readonly<Record<string, Case>> = {
  continuous_bernoulli: {
    likelihood: { family: 'continuous_bernoulli' },
    data: rows((level, source) =>
      [1, 2, -1, 0.5].map((slope) => unit(slope * level + 0.3 * source.normal())),
    ),
  },
  'gaussian, standardised': {
    likelihood: { family: 'gaussian', standardise: 'per_element' },
    data: rows((level, source) =>
      [1, 100, -10, 0.1].map((scale) => scale * (5 + level + 0.5 * source.normal())),
    ),
  },
  poisson: {
    likelihood: { family: 'poisson' },
    data: rows((level, source) =>
      [2, 5, 1, 9].map((mean) => Math.floor(2 * mean * unit(level) * source.uniform())),
    ),
  },
  categorical: {
    likelihood: { family: 'categorical', groups: [2, 2] },
    data: rows((level, source) => {
      const [a, b] = [
        Number(source.uniform() < unit(3 * level)),
        Number(source.uniform() < unit(-2 * level)),
      ];
      return [a, 1 - a, b, 1 - b];
    }),
  },
  'mixed, with missing values': {
    likelihood: TABLE,
    data: rows((level, source) => [
      source.uniform() < 0.3 ? NaN : Math.floor(3 * unit(level)),
      source.uniform() < 0.3 ? NaN : 170 + 10 * level + source.normal(),
      Math.floor(6 * unit(level) + source.uniform()),
      Math.exp(10 + level),
    ]),
  },
  'mixed, with missing values, outliers and unseen words': {
    likelihood: ROBUST_TABLE,
    data: rows((level, source) => [
      source.uniform() < 0.3 ? (source.uniform() < 0.5 ? -1 : NaN) : Math.floor(3 * unit(level)),
      source.uniform() < 0.05 ? 1e5 * source.normal() : 170 + 10 * level + source.normal(),
      source.uniform() < 0.1 ? -1 : Math.floor(6 * unit(level) + source.uniform()),
      source.uniform() < 0.05 ? -5 : Math.exp(10 + level),
    ]),
  },
  'gaussian, standardised, with hidden values': {
    likelihood: { family: 'gaussian', standardise: 'per_element', missing: true },
    masking: HALF,
    data: rows((level, source) =>
      [1, 100, -10, 0.1].map((scale) => scale * (5 + level + 0.5 * source.normal())),
    ),
  },
  'categorical, with hidden values': {
    likelihood: { family: 'categorical', groups: [2, 2], missing: true },
    masking: HALF,
    data: rows((level, source) => {
      const a = Number(source.uniform() < unit(3 * level));
      const b = Number(source.uniform() < unit(-2 * level));
      return [a, 1 - a, b, 1 - b];
    }),
  },
  'mixed, with missing and hidden values': {
    likelihood: { ...TABLE, columns: TABLE.columns.map((column) => ({ ...column, missing: true })) },
    masking: HALF,
    data: rows((level, source) => [
      source.uniform() < 0.3 ? NaN : Math.floor(3 * unit(level)),
      source.uniform() < 0.3 ? NaN : 170 + 10 * level + source.normal(),
      Math.floor(6 * unit(level) + source.uniform()),
      Math.exp(10 + level),
    ]),
  },
};

let runtimes: Readonly<Record<string, Runtime>>;
beforeAll(async () => {
  runtimes = {
    compiled: createOnnxRuntime({ device: 'cpu', threads: 1 }),
    eager: await createEagerRuntime(),
  };
});
afterAll(() => array(runtimes, 'compiled').dispose());

/** The bound of the first step, its mean over the others, and what was learned. */
async function train(runtime: Runtime, given: Case, steps: number, output_bias: TrainingSpec['output_bias']) {
  const { likelihood } = modelSpec({ likelihood: given.likelihood });
  const [source, all] = [memoryRows(given.data, 4), rowNumbers(ROWS)];
  const trainer = await Trainer.create({
    runtime,
    model: tinyModel(
      completeLikelihood(likelihood, await elementStatistics(source, all, 4, likelihood)),
      'tanh',
      [8],
    ),
    training: trainingSpec({
      optimizer: { name: 'adam', learning_rate: 0.02 },
      seed: 3,
      output_bias,
      ...(given.masking && { masking: given.masking }),
    }),
    rowShape: [4],
    source,
    rows: all,
    minibatchSize: MINIBATCH_SIZE,
  });
  const first = await trainer.run(1);
  const rest = steps > 1 ? await trainer.run(steps - 1) : first;
  const parameters: FloatArrays = await trainer.parameters();
  await trainer.dispose();
  return { first: first.elbo ?? NaN, rest: rest.elbo ?? NaN, parameters };
}

describe.each(Object.keys(CASES))('training with %s', (name) => {
  const given = array(CASES, name);

  it('learns the same on both runtimes', async () => {
    const compiled = await train(array(runtimes, 'compiled'), given, 12, 'data_mean');
    const eager = await train(array(runtimes, 'eager'), given, 12, 'data_mean');
    expect(flat(compiled.parameters).every(Number.isFinite)).toBe(true);
    expect(relativeDifference(flat(compiled.parameters), flat(eager.parameters))).toBeLessThan(1e-4);
    expect(compiled.first).toBeCloseTo(eager.first, 3);
  });

  it('raises the bound', async () => {
    const { first, rest } = await train(array(runtimes, 'compiled'), given, 400, 'zero');
    expect(rest).toBeGreaterThan(first + 0.1);
  });
});
