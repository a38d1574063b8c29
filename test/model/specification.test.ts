import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { LIMITS, ModelSpec, TrainingSpec } from '../../src/model/specification.ts';
import { compileCheck, type Check } from '../../src/validation.ts';
import { modelSpec, trainingSpec } from '../support/specifications.ts';

const checks = {
  model: compileCheck(ModelSpec, 'the model'),
  training: compileCheck(TrainingSpec, 'the training'),
} as const;

function problemsOf(check: Check<unknown>, value: unknown) {
  try {
    check(value);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, problems: error.problems };
    throw error;
  }
  return { code: 'accepted', problems: [] };
}

describe('an empty specification', () => {
  it("is the paper's MNIST model", () => {
    const network = { name: 'mlp', hidden_sizes: [500], activation: 'tanh' };
    expect(modelSpec()).toEqual({
      latent_size: 20,
      posterior: { family: 'gaussian' },
      prior: { family: 'gaussian', mean: 0, standard_deviation: 1 },
      likelihood: { family: 'bernoulli' },
      encoder: network,
      decoder: network,
    });
  });

  it('is a training by AEVB with L = 1', () => {
    expect(trainingSpec()).toEqual({
      samples_per_datapoint: 1,
      binarization: 'none',
      algorithm: { name: 'aevb' },
      objective: { name: 'ml' },
      kl_weight: { final: 1, warm_up_epochs: 0 },
      learning_rate_schedule: { name: 'constant' },
      optimizer: { name: 'adam', learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      initializer: 'fan_in',
      output_bias: 'data_mean',
      seed: 0,
      validation_fraction: 0.1,
      watch_test_rows: false,
      checkpoint_every_epochs: 1,
      keep_checkpoints: 3,
    });
  });
});

describe('a tagged variant', () => {
  it.each([
    { given: { family: 'bernoulli' }, filled: { family: 'bernoulli' } },
    { given: { family: 'gaussian' }, filled: { family: 'gaussian', mean: 'free', variance: 'per_element' } },
    {
      given: { family: 'gaussian', variance: 'shared' },
      filled: { family: 'gaussian', mean: 'free', variance: 'shared' },
    },
  ])('of the likelihood fills in its defaults: $given', ({ given, filled }) => {
    expect(modelSpec({ likelihood: given }).likelihood).toEqual(filled);
  });

  it.each([
    { field: 'optimizer', given: { name: 'sgd' }, filled: { learning_rate: 0.01 } },
    {
      field: 'optimizer',
      given: { name: 'adagrad' },
      filled: { learning_rate: 0.01, epsilon: 1e-8, accumulate_steps: 0 },
    },
    {
      field: 'optimizer',
      given: { name: 'adam', beta1: 0.5 },
      filled: { learning_rate: 0.001, beta2: 0.999, epsilon: 1e-8 },
    },
    { field: 'objective', given: { name: 'ml' }, filled: {} },
    { field: 'objective', given: { name: 'map' }, filled: { prior_standard_deviation: 1 } },
  ] as const)('of the training fills in its defaults: $given', ({ field, given, filled }) => {
    expect(trainingSpec({ [field]: given })[field]).toEqual({ ...given, ...filled });
  });
});

describe('a specification', () => {
  it.each([
    {
      kind: 'model',
      value: { latent: 3 },
      pointer: '/latent',
      detail: /allowed: latent_size, posterior, prior, likelihood/,
    },
    { kind: 'model', value: { latent_size: 0 }, pointer: '/latent_size', detail: />= 1; found 0/ },
    { kind: 'model', value: { latent_size: 2.5 }, pointer: '/latent_size', detail: /integer; found 2.5/ },
    {
      kind: 'model',
      value: { latent_size: LIMITS.latentSize + 1 },
      pointer: '/latent_size',
      detail: /<= 1024/,
    },
    { kind: 'model', value: { latent_size: '3' }, pointer: '/latent_size', detail: /found "3"/ },
    {
      kind: 'model',
      value: { encoder: { hidden_sizes: [10, 0] } },
      pointer: '/encoder/hidden_sizes/1',
      detail: />= 1/,
    },
    {
      kind: 'model',
      value: { decoder: { hidden_sizes: new Array(LIMITS.hiddenLayers + 1).fill(1) } },
      pointer: '/decoder/hidden_sizes',
      detail: /array of length 9/,
    },
    {
      kind: 'model',
      value: { decoder: { activation: 'sine' } },
      pointer: '/decoder/activation',
      detail: /"tanh".*"sigmoid"; found "sine"/,
    },
    {
      kind: 'model',
      value: { likelihood: { family: 'cauchy' } },
      pointer: '/likelihood/family',
      detail: /"mixed"; found "cauchy"/,
    },
    { kind: 'model', value: { likelihood: {} }, pointer: '/likelihood/family', detail: /required/ },
    {
      kind: 'model',
      value: { likelihood: { family: 'bernoulli', mean: 'free' } },
      pointer: '/likelihood/mean',
      detail: /unknown field/,
    },
    {
      kind: 'model',
      value: { likelihood: { family: 'gaussian', mean: 'half' } },
      pointer: '/likelihood/mean',
      detail: /"unit_interval"/,
    },
    {
      kind: 'training',
      value: { estimator: { name: 'sgvb' } },
      pointer: '/estimator/name',
      detail: /"sgvb_b".*found "sgvb"/,
    },
    { kind: 'training', value: { estimator: 'sgvb_a' }, pointer: '/estimator', detail: /object/ },
    { kind: 'training', value: { epochs: 0 }, pointer: '/epochs', detail: />= 1/ },
    { kind: 'training', value: { seed: -1 }, pointer: '/seed', detail: />= 0/ },
    { kind: 'training', value: { minibatch_size: 8193 }, pointer: '/minibatch_size', detail: /<= 8192/ },
    { kind: 'training', value: { validation_fraction: 1 }, pointer: '/validation_fraction', detail: /0.9/ },
    {
      kind: 'training',
      value: { optimizer: { name: 'momentum' } },
      pointer: '/optimizer/name',
      detail: /"adam".*; found "momentum"/,
    },
    {
      kind: 'training',
      value: { optimizer: { name: 'sgd', learning_rate: 0 } },
      pointer: '/optimizer/learning_rate',
      detail: /> 0/,
    },
    {
      kind: 'training',
      value: { optimizer: { name: 'adam', beta2: 1 } },
      pointer: '/optimizer/beta2',
      detail: /< 1/,
    },
    {
      kind: 'training',
      value: { optimizer: { name: 'sgd', beta1: 0.9 } },
      pointer: '/optimizer/beta1',
      detail: /allowed: name, learning_rate/,
    },
    {
      kind: 'training',
      value: { objective: { name: 'map', prior_standard_deviation: 0 } },
      pointer: '/objective/prior_standard_deviation',
      detail: /> 0/,
    },
  ] as const)('of a $kind is refused with the field: $value', ({ kind, value, pointer, detail }) => {
    const { code, problems } = problemsOf(checks[kind], structuredClone(value));
    expect(code).toBe('validation_failed');
    expect(problems).toEqual([{ pointer, detail: expect.stringMatching(detail) as string }]);
  });
});
