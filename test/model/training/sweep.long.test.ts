import { afterAll, describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import {
  combinationProblems,
  POSTERIOR_FAMILIES,
  PRIOR_FAMILIES,
  supportOf,
  type ModelSpec,
  type TrainingSpec,
} from '../../../src/model/specification.ts';
import { Trainer } from '../../../src/model/training/trainer.ts';
import { memoryRows, rowNumbers } from '../../support/memory-rows.ts';
import { numbers } from '../../support/numbers.ts';
import { combine, coverPairs } from '../../support/pairwise.ts';
import { modelSpec, trainingSpec } from '../../support/specifications.ts';

/** The choices of the schema, each with each: what is admitted runs 20 steps on the compiled runtime, what is not says why. */
const [ROWS, DATA_SIZE, MINIBATCH_SIZE, STEPS] = [25, 4, 10, 20];

const ALGORITHMS = ['aevb', 'wake_sleep', 'mcem', 'full_vb'] as const;
const ESTIMATORS = [
  { name: 'sgvb_a' },
  { name: 'sgvb_b' },
  { name: 'score_function', control_variate: 'none' },
  { name: 'score_function', control_variate: 'leave_one_out' },
  { name: 'importance_weighted' },
] as const;
const LIKELIHOODS = [
  { family: 'bernoulli' },
  { family: 'continuous_bernoulli' },
  { family: 'gaussian' },
  { family: 'gaussian', variance: 'shared', mean: 'unit_interval' },
  { family: 'gaussian', variance: 'fixed', standard_deviation: 0.5 },
  { family: 'student_t', degrees_of_freedom: 3 },
  { family: 'poisson' },
  { family: 'negative_binomial' },
  { family: 'categorical', groups: [2, 2] },
  {
    family: 'mixed',
    columns: [
      { name: 'a', likelihood: { family: 'gaussian', standardise: 'none' } },
      { name: 'b', likelihood: { family: 'bernoulli' }, missing: true },
      { name: 'c', likelihood: { family: 'categorical', categories: 2 } },
      { name: 'd', likelihood: { family: 'poisson' } },
    ],
  },
  {
    family: 'mixed',
    columns: [
      {
        name: 'a',
        likelihood: { family: 'log_normal', standardise: 'none', outliers: { location: 1, scale: 1 } },
      },
      { name: 'b', likelihood: { family: 'bernoulli', other: { share: 0.1 } }, missing: true },
      {
        name: 'c',
        likelihood: { family: 'student_t', standardise: 'none', outliers: { location: 1, scale: 1 } },
      },
      {
        name: 'd',
        likelihood: { family: 'poisson', other: { share: 0.1 }, outliers: { scale: 2 } },
      },
    ],
  },
] as const;
const OPTIMIZERS = ['sgd', 'adagrad', 'adam', 'rmsprop'] as const;
const OBJECTIVES = ['ml', 'map'] as const;
const KL_WEIGHTS = [{ final: 1 }, { final: 0.5, warm_up_epochs: 1 }] as const;

const runtime = createOnnxRuntime({ device: 'cpu', threads: 1 });
afterAll(() => runtime.dispose());

/** Zeros and ones, of which every likelihood can explain any. */
const bits = (() => {
  const source = numbers(3);
  return Uint8Array.from({ length: ROWS * DATA_SIZE }, () => (source.uniform(0, 1) < 0.5 ? 0 : 1));
})();

interface Combination {
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
}

async function train({ model, training }: Combination): Promise<void> {
  const trainer = await Trainer.create({
    runtime,
    model,
    training,
    rowShape: [DATA_SIZE],
    source: memoryRows(bits, DATA_SIZE, 1),
    rows: rowNumbers(ROWS),
    minibatchSize: MINIBATCH_SIZE,
  });
  const { divergedAt } = await trainer.run(STEPS);
  const parameters = await trainer.parameters();
  await trainer.dispose();
  expect(divergedAt).toBeNull();
  for (const [name, { data }] of Object.entries(parameters)) {
    expect(data.every(Number.isFinite), name).toBe(true);
  }
}

function combination(model: object, training: object): Combination {
  const network = { hidden_sizes: [3] };
  return {
    model: modelSpec({ latent_size: 2, encoder: network, decoder: network, ...model }),
    training: trainingSpec({ seed: 1, ...training }),
  };
}

/** A problem for the reader: where, what was found, what is allowed. */
function expectReasons({ model, training }: Combination): void {
  for (const { pointer, found, allowed } of combinationProblems(model, training)) {
    expect(pointer).toMatch(/^\/(model|training)\/[a-z_]+/);
    expect(found.length).toBeGreaterThan(0);
    expect(allowed.length).toBeGreaterThan(0);
  }
}

const isAdmitted = ({ model, training }: Combination) => combinationProblems(model, training).length === 0;
const rate = (name: string) => (name === 'adam' || name === 'rmsprop' ? 0.001 : 0.01);
const cycle = <T>(values: readonly T[], i: number): T => values[i % values.length] as T;

describe('every posterior with every prior', () => {
  const pairs = POSTERIOR_FAMILIES.flatMap((posterior) =>
    PRIOR_FAMILIES.map((prior) => ({ posterior, prior })),
  );

  it.each(pairs)('$posterior | $prior', async ({ posterior, prior }) => {
    const i = POSTERIOR_FAMILIES.indexOf(posterior) + PRIOR_FAMILIES.indexOf(prior);
    const model = { posterior: { family: posterior }, prior: { family: prior } };
    const optimizer = cycle(OPTIMIZERS, i);
    const given = combination(model, { optimizer: { name: optimizer, learning_rate: rate(optimizer) } });
    expectReasons(given);
    if (supportOf(posterior) !== supportOf(prior)) expect(isAdmitted(given)).toBe(false);
    if (isAdmitted(given)) await train(given);
  });
});

describe('every two choices of a training', () => {
  const admissible = combine({
    algorithm: ALGORITHMS,
    estimator: [undefined, ...ESTIMATORS],
    likelihood: LIKELIHOODS,
    klWeight: KL_WEIGHTS,
    objective: OBJECTIVES,
    samples: [1, 2, 3],
  });
  /** These go with everything. */
  const free = combine({ optimizer: OPTIMIZERS, schedule: ['constant', 'cosine'] as const });

  function ordered(choice: (typeof admissible)[number], { optimizer, schedule }: (typeof free)[number]) {
    const { algorithm, estimator, likelihood, klWeight, objective, samples } = choice;
    return combination(
      { likelihood },
      {
        algorithm: { name: algorithm },
        ...(estimator ? { estimator } : {}),
        kl_weight: klWeight,
        objective: { name: objective },
        samples_per_datapoint: samples,
        optimizer: { name: optimizer, learning_rate: rate(optimizer) },
        learning_rate_schedule: { name: schedule },
        ...(schedule === 'cosine' ? { gradient_norm_limit: 1 } : {}),
      },
    );
  }

  const usual = { optimizer: 'adam', schedule: 'constant' } as const;
  const admitted = admissible.filter((choice) => isAdmitted(ordered(choice, usual)));
  const rows = admitted.flatMap((choice) => free.map((others) => ({ ...choice, ...others })));

  it('are refused with reasons where they are refused', () => {
    for (const choice of admissible) expectReasons(ordered(choice, usual));
    const values = (name: keyof (typeof admissible)[number]) =>
      new Set(admitted.map((choice) => JSON.stringify(choice[name])));
    expect(values('algorithm').size).toBe(ALGORITHMS.length);
    expect(values('estimator').size).toBe(ESTIMATORS.length + 1);
    expect(values('likelihood').size).toBe(LIKELIHOODS.length);
    expect(values('klWeight').size).toBe(KL_WEIGHTS.length);
    expect(values('objective').size).toBe(OBJECTIVES.length);
  });

  it('go together with aevb, whatever the estimator and the likelihood', () => {
    const choices = combine({ estimator: [undefined, ...ESTIMATORS], likelihood: LIKELIHOODS });
    for (const { estimator, likelihood } of choices) {
      const plain = { klWeight: KL_WEIGHTS[0], objective: 'ml', samples: 2 } as const;
      const choice = { algorithm: 'aevb', estimator, likelihood, ...plain } as const;
      expect(isAdmitted(ordered(choice, usual)), JSON.stringify(choice)).toBe(true);
    }
  });

  it.each(coverPairs(rows))(
    'train: $algorithm, $estimator.name $estimator.control_variate, $likelihood.family, $optimizer, $objective',
    async (row) => train(ordered(row, row)),
  );
});
