import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countSteps } from '../../../src/model/random/minibatches.ts';
import { createOnnxRuntime } from '../../../src/model/runtime/onnx/onnx-runtime.ts';
import type { FloatArrays, Runtime } from '../../../src/model/runtime/runtime.ts';
import { Rounds } from '../../../src/model/training/rounds.ts';
import { isObserved, OBSERVE_EVERY, Trainer } from '../../../src/model/training/trainer.ts';
import { createEagerRuntime } from '../../support/eager-runtime.ts';
import { relativeDifference } from '../../support/numbers.ts';
import { array } from '../../support/tiny-model.ts';
import { flat, trainerOptions, type SmallTraining } from '../../support/small-training.ts';

const STEPS = 20;

const CASES: readonly SmallTraining[] = [
  { optimizer: 'sgd', likelihood: 'bernoulli', estimator: 'sgvb_b', samples_per_datapoint: 1 },
  {
    optimizer: 'sgd',
    likelihood: 'gaussian unit_interval shared',
    estimator: 'sgvb_a',
    samples_per_datapoint: 3,
  },
  { optimizer: 'adagrad', likelihood: 'bernoulli', estimator: 'sgvb_a', samples_per_datapoint: 3 },
  {
    optimizer: 'adagrad',
    likelihood: 'gaussian free per_element',
    estimator: 'sgvb_b',
    samples_per_datapoint: 1,
  },
  {
    optimizer: 'adam',
    likelihood: 'bernoulli',
    estimator: 'sgvb_b',
    samples_per_datapoint: 3,
    objective: 'map',
  },
  { optimizer: 'adam', likelihood: 'gaussian free shared', estimator: 'sgvb_b', samples_per_datapoint: 1 },
  {
    optimizer: 'adam',
    likelihood: 'gaussian unit_interval per_element',
    estimator: 'sgvb_a',
    samples_per_datapoint: 1,
  },
];

let runtimes: { readonly compiled: Runtime; readonly eager: Runtime };

beforeAll(async () => {
  runtimes = {
    compiled: createOnnxRuntime({ device: 'cpu', threads: 1 }),
    eager: await createEagerRuntime(),
  };
});
afterAll(() => runtimes.compiled.dispose());

async function train(runtime: Runtime, given: SmallTraining, chunks: readonly number[]) {
  const trainer = await Trainer.create(trainerOptions(runtime, given));
  const terms = [];
  for (const steps of chunks) terms.push(await trainer.run(steps));
  const snapshot = await trainer.snapshot();
  await trainer.dispose();
  return { ...snapshot, terms };
}

describe('the runtimes agree on a training', () => {
  it.each(CASES)('$optimizer, $likelihood, $estimator, L = $samples_per_datapoint', async (given) => {
    const compiled = await train(runtimes.compiled, given, [STEPS + 1]);
    const eager = await train(runtimes.eager, given, [STEPS + 1]);
    const difference = relativeDifference(flat(compiled.parameters), flat(eager.parameters));
    expect(difference).toBeLessThan(1e-4);
    expect(Object.keys(compiled.optimizer)).toEqual(Object.keys(eager.optimizer));
    compiled.terms.forEach((terms, i) => {
      expect(terms.observed).toBe(6);
      const { elbo, logLikelihood, klDivergence } = terms;
      expect((elbo ?? NaN) / (eager.terms[i]?.elbo ?? NaN)).toBeCloseTo(1, 4);
      expect((logLikelihood ?? NaN) - (klDivergence ?? NaN)).toBeCloseTo(elbo ?? NaN, 3);
    });
  });
});

describe('Trainer', () => {
  const given: SmallTraining = {
    optimizer: 'adam',
    likelihood: 'bernoulli',
    estimator: 'sgvb_b',
    samples_per_datapoint: 1,
  };
  const bytes = (arrays: FloatArrays) =>
    Object.values(arrays).map(({ data }) =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
    );

  it('gives the same bytes however the steps are cut into chunks', async () => {
    const whole = await train(runtimes.compiled, given, [40]);
    const cut = await train(runtimes.compiled, given, [7, 13, 20]);
    expect(bytes(cut.parameters)).toEqual(bytes(whole.parameters));
    expect(bytes(cut.optimizer)).toEqual(bytes(whole.optimizer));
  });

  it('goes on from a snapshot as if it had never stopped', async () => {
    const whole = await train(runtimes.compiled, given, [40]);
    const { parameters, optimizer } = await train(runtimes.compiled, given, [15]);
    const trainer = await Trainer.create({
      ...trainerOptions(runtimes.compiled, given),
      resume: { step: 15, parameters, optimizer },
    });
    await trainer.run(25);
    expect(trainer.step).toBe(40);
    expect(bytes(await trainer.parameters())).toEqual(bytes(whole.parameters));
    await trainer.dispose();
  });

  it('observes the last step of every epoch, and every twentieth of the whole run', async () => {
    // Epochs have five steps here: steps 0, 4, 9, 14, 19, 20, 24, ...
    const { terms } = await train(runtimes.compiled, given, [3, 1, 6, 9, 2, 40]);
    expect(terms.map(({ observed }) => observed)).toEqual([1, 0, 2, 1, 2, 10]);
  });

  it('raises the bound', async () => {
    const { terms } = await train(runtimes.compiled, given, [1, 419, 20]);
    expect(terms[2]?.elbo).toBeGreaterThan((terms[0]?.elbo ?? NaN) + 0.5);
    expect(terms.map(({ divergedAt }) => divergedAt)).toEqual([null, null, null]);
  });

  it('tells the step at which the bound ceases to be finite', async () => {
    const options = trainerOptions(runtimes.compiled, given);
    const training = { ...options.training, optimizer: { name: 'sgd', learning_rate: 1000 } } as const;
    const trainer = await Trainer.create({
      ...options,
      training,
      model: { ...options.model, likelihood: { family: 'gaussian', mean: 'free', variance: 'per_element' } },
    });
    expect((await trainer.run(100)).divergedAt).toBe(4);
    await trainer.dispose();
  });

  it('starts a decoder at the data mean, or at zero', async () => {
    const options = trainerOptions(runtimes.compiled, given);
    const start = async (output_bias: 'data_mean' | 'zero') => {
      const trainer = await Trainer.create({ ...options, training: { ...options.training, output_bias } });
      const parameters = await trainer.parameters();
      await trainer.dispose();
      return array(parameters, 'decoder.output.bias').data;
    };
    expect((await start('zero')).every((value) => value === 0)).toBe(true);
    expect((await start('data_mean')).every((value) => value !== 0)).toBe(true);
  });
});

describe('the observed steps', () => {
  const observed = (steps: number, rows: number, minibatchSize: number): number[] =>
    [...Array(steps).keys()].filter((step) =>
      isObserved(step, new Rounds({ epochs: 5 }, { trainRows: rows, minibatchSize })),
    );

  it.each([
    [270, 20],
    [50, 10],
    [7, 3],
    [5, 5],
    [1000, 1],
    [60_000, 100],
  ])('of %d rows in minibatches of %d include the last one of each epoch', (rows, minibatchSize) => {
    const ends = [1, 2, 3, 4, 5].map((epoch) => countSteps(epoch, rows, minibatchSize));
    const steps = observed(ends.at(-1) ?? 0, rows, minibatchSize);
    const rest = new Set(steps.filter((step) => step % OBSERVE_EVERY !== 0));
    expect(steps).toEqual(expect.arrayContaining(ends.map((end) => end - 1)));
    expect([...rest].every((step) => ends.includes(step + 1))).toBe(true);
  });

  it('of the paper are one more than every twentieth', () => {
    expect(observed(600, 60_000, 100)).toHaveLength(31);
  });
});
