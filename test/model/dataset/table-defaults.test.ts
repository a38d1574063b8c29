import { describe, expect, it } from 'vitest';
import { TrainRequest } from '../../../src/api/jobs/schemas.ts';
import { planTraining, type KnownDataset } from '../../../src/model/dataset.ts';
import { mayMiss } from '../../../src/model/specification/likelihood.ts';
import { Rounds } from '../../../src/model/training/rounds.ts';
import { compileCheck } from '../../../src/validation.ts';
import { modelSpec, trainingSpec } from '../../support/specifications.ts';

/** As docs/method.md says. */
const SHARE = 0.25;

const check = compileCheck(TrainRequest, 'the order');

const dataset = (rows: number, columns: number, header: boolean | null): KnownDataset => ({
  id: 'ds',
  rows,
  test_rows: 0,
  row_shape: [columns],
  data_size: columns,
  minimum: 0,
  maximum: 1,
  header,
  table: null,
  profile: null,
  test_profile: null,
});

function plan(known: KnownDataset, fields: object = {}) {
  const order = check({ type: 'train', dataset_id: known.id, ...structuredClone(fields) });
  const outcome = planTraining(order, known);
  if (!('plan' in outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.plan;
}

const table = (rows: number, columns = 20, fields = {}) => plan(dataset(rows, columns, true), fields);

describe('an order that leaves everything open', () => {
  it('for images and arrays is the default of every field of the specification', () => {
    const { model, training } = plan(dataset(1000, 784, null));
    expect(model).toEqual(modelSpec({}));
    expect(training).toEqual(trainingSpec({ epochs: 10 }));
  });

  it.each([2, 3, 10, 60, 200, 1000, 100_000, 10_000_000])('for a table of %d rows can be trained', (rows) => {
    const { training } = table(rows);
    expect(trainingSpec(training)).toEqual(training);
    expect(training.epochs).toBeUndefined();
    expect(training.minibatch_size).toBeLessThanOrEqual(Math.ceil(rows * (1 - training.validation_fraction)));
  });

  it.each([
    { rows: 60, held: 20 },
    { rows: 300, held: 100 },
    { rows: 1000, held: 200 },
    { rows: 5000, held: 500 },
    { rows: 1_000_000, held: 10_000 },
  ])('keeps $held of $rows rows for validation', ({ rows, held }) => {
    expect(Math.round(rows * table(rows).training.validation_fraction)).toBe(held);
  });

  it.each([
    { rows: 60, steps: 5000, minibatch: 40 },
    { rows: 1100, steps: 5000, minibatch: 64 },
    { rows: 3000, steps: 13_500, minibatch: 128 },
    { rows: 1_000_000, steps: 20_000, minibatch: 128 },
  ])('trains on $rows rows in $steps steps of $minibatch rows', ({ rows, steps, minibatch }) => {
    expect(table(rows).training).toMatchObject({ steps, minibatch_size: minibatch });
  });

  it('trains fewer steps on many words, which make steps long', () => {
    const words = { family: 'categorical', categories: 512 };
    const likelihood = { family: 'mixed', columns: [{ name: 'word', likelihood: words }] };
    expect(table(4000, 1, { model: { likelihood } }).training.steps).toBe(9000);
    expect(table(500, 1, { model: { likelihood } }).training.steps).toBe(3000);
  });

  it.each([
    { columns: 1, latents: 2 },
    { columns: 6, latents: 3 },
    { columns: 64, latents: 16 },
  ])('gives a table of $columns columns $latents latents', ({ columns, latents }) => {
    expect(table(500, columns).model.latent_size).toBe(latents);
  });

  it('stops a table after a third of its budget without a better bound', () => {
    for (const rows of [60, 700, 50_000]) {
      const { training } = table(rows);
      const train = rows - Math.round(rows * training.validation_fraction);
      const rounds = new Rounds(training, { trainRows: train, minibatchSize: training.minibatch_size ?? 0 });
      const patience = rounds.countPatience(training.early_stopping?.patience_epochs ?? NaN);
      expect(patience * (training.validate_every_steps ?? NaN)).toBeGreaterThanOrEqual(rounds.totalSteps / 3);
    }
  });
});

describe('the default of masking', () => {
  const likelihood = (missing: boolean) => ({
    family: 'mixed',
    columns: [{ name: 'a', likelihood: { family: 'gaussian' }, missing }],
  });

  it.each([
    ['aevb', {}],
    ['full_vb', { algorithm: { name: 'full_vb' } }],
  ])('hides values of a table trained by %s, any of which may then be missing', (_, training) => {
    const { model, training: planned } = table(500, 20, { training });
    expect(planned.masking).toEqual({ name: 'random', share_of_rows: SHARE });
    expect(mayMiss(model.likelihood)).toBe(true);
  });

  it.each(['mcem', 'wake_sleep'])('hides nothing where %s could not learn from it', (name) => {
    const { model, training } = table(500, 20, { training: { algorithm: { name } } });
    expect(training.masking).toBeUndefined();
    expect(mayMiss(model.likelihood)).toBe(false);
  });

  it('hides values where the likelihood that the order names allows it, and keeps that likelihood', () => {
    for (const missing of [true, false]) {
      const { model, training } = table(500, 1, { model: { likelihood: likelihood(missing) } });
      expect(training.masking?.name).toBe(missing ? 'random' : undefined);
      expect(mayMiss(model.likelihood)).toBe(missing);
    }
  });

  it('hides nothing of images and arrays', () => {
    expect(plan(dataset(1000, 784, null)).training.masking).toBeUndefined();
  });

  it('gives way to an order that hides nothing, or another share', () => {
    const none = table(500, 20, { training: { masking: { name: 'none' } } });
    expect(none.training.masking).toEqual({ name: 'none' });
    expect(mayMiss(none.model.likelihood)).toBe(false);
    const masking = { name: 'random', share_of_rows: 0.9 };
    expect(table(500, 20, { training: { masking } }).training.masking).toEqual(masking);
  });
});

describe('an order for a table', () => {
  it('keeps what it says, and what is left open follows from it', () => {
    const network = { name: 'mlp', hidden_sizes: [7], activation: 'relu' };
    const { model, training } = table(500, 20, {
      model: { latent_size: 5, encoder: network },
      training: { epochs: 3, minibatch_size: 10, validation_fraction: 0.2, initializer: 'fan_in' },
    });
    expect(model).toMatchObject({ latent_size: 5, encoder: network });
    expect(training).toMatchObject({ epochs: 3, minibatch_size: 10, initializer: 'fan_in' });
    expect(training.steps).toBeUndefined();
    expect(training.validate_every_steps).toBe(Math.ceil((3 * 400) / 10 / 50));
  });

  it.each([
    { steps: 1999, initializer: 'fan_in' },
    { steps: 2000, initializer: 'paper' },
  ])('of $steps steps begins with weights by $initializer', ({ steps, initializer }) => {
    expect(table(500, 20, { training: { steps } }).training).toMatchObject({ steps, initializer });
  });

  it.each([
    ['without validation rows', { validation_fraction: 0 }],
    ['whose algorithm has no bound', { algorithm: { name: 'mcem' } }],
  ])('does not stop early $0', (_, training) => {
    expect(table(500, 20, { training }).training.early_stopping).toBeUndefined();
  });
});
