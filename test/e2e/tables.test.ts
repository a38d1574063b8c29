import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetDetails } from '../../src/api/datasets/schemas.ts';
import type { ElboAnswer, MeanAnswer, SamplesAnswer } from '../../src/api/inference/schemas.ts';
import { gatherStatistics } from '../../src/model/dataset/statistics.ts';
import { independentLikelihood, likelihoodFamily } from '../../src/model/distributions/likelihoods.ts';
import type { LikelihoodSpec } from '../../src/model/specification.ts';
import type { Client } from '../support/client.ts';
import { asCsv, isComplete, VAN_COLUMNS, VAN_MODELS, vans, type VanRow } from '../support/vans.ts';
import { Stand } from './stand.ts';

const [ROWS, TEST_ROWS] = [1500, 300];
const TABLE = vans(ROWS, 5);
const TEST = TABLE.slice(ROWS - TEST_ROWS);
const USUAL = TEST.filter(isComplete).slice(0, 100);
const NETWORK = { hidden_sizes: [32] };

let stand: Stand;
let client: Client;
let dataset: DatasetDetails;
let model_id: string;
let validationElbo: number;

beforeAll(async () => {
  stand = await Stand.open({});
  ({ client } = await stand.start());
  const { id } = await client.upload(asCsv(TABLE), `&test_rows=${TEST_ROWS}`);
  dataset = (await client.get(`/datasets/${id}`)).json();
  const job = await client.train({
    dataset_id: id,
    model: { latent_size: 3, encoder: NETWORK, decoder: NETWORK },
    training: { epochs: 30, minibatch_size: 50, seed: 1, optimizer: { name: 'adam', learning_rate: 0.01 } },
  });
  expect(job.warnings).toEqual([
    expect.stringContaining('2 columns (model, temperature) have missing values'),
  ]);
  const { result } = await client.untilState(job.id, 'succeeded');
  model_id = job.model_id;
  validationElbo = result?.validation_elbo ?? NaN;
});
afterAll(() => stand.close());

async function ask<Answer>(path: string, body: object): Promise<Answer> {
  const answer = await client.post(path, { model_id, ...body });
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  return answer.json();
}

const replaced = (row: VanRow, column: (typeof VAN_COLUMNS)[number], value: VanRow[number]): VanRow =>
  row.map((cell, i) => (VAN_COLUMNS[i] === column ? value : cell));
const another = (model: VanRow[number]) => VAN_MODELS.find((name) => name !== model) ?? '';
const shareOf = (flags: readonly boolean[]) => flags.filter(Boolean).length / flags.length;

/** The rows as they are stored: words as codes, NaN for missing values. */
function stored(rows: readonly VanRow[]): Float32Array {
  const labels = dataset.profile?.columns.map((column) => column.labels) ?? [];
  const code = (cell: VanRow[number], i: number) =>
    typeof cell === 'string' ? (labels[i]?.indexOf(cell) ?? NaN) : (cell ?? NaN);
  return Float32Array.from(rows.flatMap((row) => row.map(code)));
}

/** Mean log probability of the test rows under columns that know nothing of each other. */
function independentScore(likelihood: LikelihoodSpec): number {
  const statistics = gatherStatistics(VAN_COLUMNS.length, likelihood);
  statistics.add(stored(TABLE.slice(0, ROWS - TEST_ROWS)));
  const independent = independentLikelihood(likelihoodFamily(likelihood), statistics.result());
  const x = tf.tensor2d(stored(TEST), [TEST_ROWS, VAN_COLUMNS.length]);
  return tf.mean<tf.Scalar>(independent.logProb(x)).arraySync();
}

/** The column whose term fell most from one answer to another. */
function mostLost(before: ElboAnswer, after: ElboAnswer, row: number): string {
  const lost = VAN_COLUMNS.map((name, column) => {
    const term = ({ log_likelihood_by_column: terms }: ElboAnswer) => terms?.[row]?.[column] ?? 0;
    return { name, nats: term(before) - term(after) };
  });
  return lost.reduce((one, other) => (other.nats > one.nats ? other : one)).name;
}

describe('a table with numbers, counts, flags, categories and missing values', () => {
  it('is seen for what it is', () => {
    const columns = dataset.profile?.columns.map(({ name, kind, labels }) => [name, kind, labels]);
    expect(columns).toEqual([
      ['model', 'categorical', expect.arrayContaining(VAN_MODELS)],
      ['load_kg', 'positive', undefined],
      ['trips', 'overdispersed', undefined],
      ['electric', 'binary', ['no', 'yes']],
      ['temperature', 'real', undefined],
      ['energy_kwh', 'real', undefined],
    ]);
    const { likelihood } = dataset.proposal ?? {};
    expect(likelihood).toMatchObject({
      family: 'mixed',
      columns: [
        { likelihood: { family: 'categorical', categories: 3 }, missing: true },
        { likelihood: { family: 'log_normal' }, missing: false },
        { likelihood: { family: 'negative_binomial' } },
        { likelihood: { family: 'bernoulli' } },
        { likelihood: { family: 'gaussian' }, missing: true },
        { likelihood: { family: 'gaussian' } },
      ],
    });
  });

  it('is learned: the bound is above what columns without each other explain', async () => {
    await tf.setBackend('cpu');
    const { model } = await client.model(model_id);
    expect(validationElbo).toBeGreaterThan(independentScore(model.likelihood) + 1.5);
  });

  it('is scored: what does not go together scores lower, and the column that says so is found', async () => {
    const changes = [
      {
        change: (row: VanRow) => replaced(row, 'model', another(row[0] ?? null)),
        suspects: ['model', 'load_kg'],
      },
      {
        change: (row: VanRow) => replaced(row, 'energy_kwh', Number(row[5]) + 25),
        suspects: ['temperature', 'energy_kwh'],
      },
    ];
    const score = (data: readonly VanRow[]) =>
      ask<ElboAnswer>('/elbo', { data, samples: 20, seed: 1, by_column: true });
    const usual = await score(USUAL);
    for (const { change, suspects } of changes) {
      const strange = await score(USUAL.map(change));
      const lower = strange.elbo.map((elbo, i) => (elbo ?? NaN) < (usual.elbo[i] ?? NaN));
      expect(shareOf(lower), suspects[0]).toBeGreaterThan(0.9);
      const found = strange.elbo.map((_, i) => mostLost(usual, strange, i));
      expect(shareOf(found.map((name) => suspects.includes(name))), suspects[0]).toBeGreaterThan(0.9);
      expect(strange.columns).toEqual(VAN_COLUMNS);
      strange.log_likelihood_by_column?.forEach((terms, i) => {
        const sum = terms?.reduce<number>((total, term) => total + (term ?? NaN), 0);
        expect(sum).toBeCloseTo(strange.log_likelihood[i] ?? NaN, 2);
      });
    }
  });

  it('is decoded and generated in its own units and words', async () => {
    const decoded = await ask<MeanAnswer>('/decode', { latents: [[0, 0, 0]] });
    expect(decoded.columns).toEqual(VAN_COLUMNS);
    const path = `/samples?model_id=${model_id}&count=300&seed=2`;
    for (const draw of ['mean', 'sample']) {
      const { columns, data } = (await client.get(`${path}&draw=${draw}`)).json<SamplesAnswer>();
      expect(columns).toEqual(VAN_COLUMNS);
      expect(new Set(data.map(([model]) => model))).toEqual(new Set(VAN_MODELS));
      expect(new Set(data.map((row) => row[3]))).toEqual(new Set(['no', 'yes']));
      const usual = data.filter(([, load, trips, , , energy]) => {
        const [loadKg, count, kwh] = [Number(load), Number(trips), Number(energy)];
        return loadKg > 60 && loadKg < 1500 && count >= 0 && count < 40 && kwh > -5 && kwh < 95;
      });
      expect(usual.length / data.length, draw).toBeGreaterThan(0.9);
      if (draw === 'sample') expect(data.every((row) => Number.isInteger(row[2]))).toBe(true);
    }
  });

  it('is completed: a missing category, and a missing number, are imputed from the rest', async () => {
    const data = USUAL.map(([, ...rest]) =>
      Object.fromEntries(rest.map((cell, i) => [VAN_COLUMNS[i + 1] ?? '', cell])),
    );
    const { mean } = await ask<MeanAnswer>('/reconstruct', { data });
    expect(shareOf(mean.map(([model], i) => model === USUAL[i]?.[0]))).toBeGreaterThan(0.85);
    const cold = USUAL.map((row) => replaced(row, 'temperature', null));
    const imputed = await ask<MeanAnswer>('/reconstruct', { data: cold });
    const errors = imputed.mean.map((row, i) => Math.abs(Number(row[4]) - Number(USUAL[i]?.[4])));
    expect(shareOf(errors.map((error) => error < 5))).toBeGreaterThan(0.85);
  });

  it('is answered with words it has never seen; a cell that cannot be understood is an error of its row', async () => {
    const row = { load_kg: 100, trips: 3, electric: 'yes', energy_kwh: 40, model: 'micro' };
    const answer = await ask<{ mean: unknown[]; errors: object[] }>('/encode', {
      data: [row, { ...row, load_kg: 'heavy' }],
    });
    expect(answer.mean).toEqual([expect.any(Array), null]);
    expect(answer.errors).toMatchObject([{ row: 1, column: 'load_kg' }]);
  });
});
