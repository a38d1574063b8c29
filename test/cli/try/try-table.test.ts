import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createClient } from '../../../src/cli/client.ts';
import { explainError } from '../../../src/cli/explain-error.ts';
import { createJobDisplay } from '../../../src/cli/job-display.ts';
import { openSavedJobs } from '../../../src/cli/saved-jobs.ts';
import { parseTryOptions, type TryFlags } from '../../../src/cli/try/options.ts';
import { tryTable } from '../../../src/cli/try/try-table.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startFakeService, type Routes } from './fake-service.ts';

const FILE = 'van;energy_kwh;model;note\n1;29;mini;"a; ""b"""\n2;55;maxi;\n3;31;mini;x\n';
const COLUMNS = [
  { name: 'van', role: 'id', reason: 'whole numbers that count up', missing: 0 },
  {
    name: 'energy_kwh',
    role: 'number',
    reason: '3 different numbers',
    missing: 0,
    format: { decimal: '.' },
    decimals: 0,
    offset: 0,
    also_missing: [],
  },
  {
    name: 'model',
    role: 'category',
    reason: '2 different words',
    missing: 0,
    labels: ['mini', 'maxi'],
    cells: 'word',
  },
  { name: 'note', role: 'text', reason: 'every word is different', missing: 1 / 3 },
];
const DATASET = {
  id: 'ds_1',
  rows: 3,
  table: { columns: COLUMNS, missing_marks: [] },
  warnings: ['Few rows.'],
};
const MODEL = {
  id: 'model_1',
  table: DATASET.table,
  data_size: 2,
  model: {
    latent_size: 3,
    likelihood: {
      family: 'mixed',
      columns: [
        { name: 'energy_kwh', likelihood: { family: 'gaussian' }, missing: false },
        { name: 'model', likelihood: { family: 'categorical', categories: 2 }, missing: true },
      ],
    },
  },
};
const JOB = {
  id: 'job_1',
  type: 'train',
  state: 'succeeded',
  model_id: 'model_1',
  started_at: '2024-01-01T00:00:00Z',
  finished_at: '2024-01-01T00:00:04Z',
  progress: { runtime: 'onnx/cpu' },
  result: {
    step: 2000,
    validation_elbo: -3.25,
    comparison: {
      step: 1500,
      rows: 180,
      bound: { mean: -3.25, standard_error: 0.04 },
      independent: { mean: -13.4, standard_error: 0.05 },
      probabilistic_pca: null,
      gain: { mean: 10.15, standard_error: 0.03 },
      above_floor: true,
      summary: 'The model has learned.',
    },
  },
  warnings: [],
};

const ROUTES: Routes = {
  'POST /datasets': () => [201, DATASET],
  'GET /datasets/ds_1': () => [200, DATASET],
  'POST /jobs': () => [202, { ...JOB, state: 'queued' }],
  'GET /jobs/job_1': () => [200, JOB],
  'GET /models/model_1': () => [200, MODEL],
  'GET /samples': (_, query) => [
    200,
    { data: Array.from({ length: Number(query.get('count')) }, () => [30, 'mini']) },
  ],
  'GET /models/model_1/scatter': (_, query) => {
    const spread = (dimension: string): number => [0, 5, 2][Number(dimension)] ?? NaN;
    const dimensions = (query.get('dimensions') ?? '').split(',');
    return [
      200,
      {
        points: [-1, 0, 1].map((sign) => dimensions.map((one) => sign * spread(one))),
        rows: [0, 1, 2],
        labels: null,
      },
    ];
  },
};

async function attempt(folder: string, routes: Routes, flags: TryFlags = {}) {
  const service = await startFakeService({ ...ROUTES, ...routes });
  const file = join(folder, 'vans.csv');
  await writeFile(file, FILE);
  const lines: string[] = [];
  const { signal } = new AbortController();
  const run = async () =>
    tryTable({
      options: parseTryOptions(file, { output: folder, ...flags }),
      client: createClient(service.url, signal),
      signal,
      state: await openSavedJobs(folder, 'here'),
      display: createJobDisplay({ write: () => undefined }, {}, 'rows'),
      counter: { show: () => undefined, clear: () => undefined },
      say: (line) => lines.push(line),
    });
  return { run, lines, service };
}

const interval = (median: number) => ({ median, low: 26, high: 33 });
const score = () =>
  [
    200,
    {
      alarm_rate: 0.01,
      calibration: { rows: 180, note: null },
      score: [3, 96.69, null],
      p_value: [0.7, 0.0005, null],
      flag: [false, true, null],
      cells: [
        [
          { column: 'energy_kwh', surprise: 1, share: 0, expected: interval(30) },
          { column: 'model', surprise: null, share: null, expected: { likeliest: [] } },
        ],
        [
          {
            column: 'model',
            surprise: 3,
            share: 0.3,
            expected: { likeliest: [{ value: 'mini', probability: 0.9 }] },
          },
          { column: 'energy_kwh', surprise: 7, share: 0.7, expected: interval(29) },
        ],
        null,
      ],
      errors: [{ row: 2, column: 'energy_kwh', found: '"31"', allowed: 'a number' }],
    },
  ] as const;

describe('aevb try', () => {
  test('shows columns, floors and the strangest rows, and writes scores and a picture', async () => {
    const folder = await temporaryFolder();
    const { run, lines, service } = await attempt(folder, { 'POST /score': score });
    const { modelId, files } = await run();
    expect(modelId).toBe('model_1');
    expect(files.map(({ path }) => path)).toEqual(
      ['scored.csv', 'samples.csv', 'latent-space.png'].map((name) => join(folder, name)),
    );
    expect(lines.join('\n').replaceAll(folder, '')).toMatchInlineSnapshot(`
      "Uploading /vans.csv (70 bytes) ...

      3 rows, 4 columns; the model uses 2:

        van         id        whole numbers that count up
        energy_kwh  number    3 different numbers
        model       category  2 different words
        note        text      every word is different; 33 % missing

      Note: Few rows.
      Training with POST /jobs {"dataset_id":"ds_1"} ...
      Trained model_1 in 4.0 s (2,000 steps, onnx/cpu).

      Log probability of 180 validation rows, in nats per row (higher is better):
        bound of the model            -3.25 ± 0.04
        floor: each column by itself  -13.40 ± 0.05

      The model has learned.

      Scoring every row with POST /score ...

      The 2 strangest of 2 rows. Flagged: 1 (50.0 %), at an alarm rate of 1 %.
      The score is -log p(row) in nats. The p-value is the share of ordinary rows that would be at least
      as strange.

        1. row 3 (van 2): score 96.7, p-value 0.0005, flagged
           energy_kwh is 55, where 29 (26 to 33) would be expected; model is "maxi", where "mini" (90 %)
           would be expected
        2. row 2 (van 1): score 3.0, p-value 0.7
           no value stands out

      Not scored: 1 of 3 rows.
        row 4, energy_kwh: found "31"; allowed: a number

      No value is missing in the columns that the model uses, so nothing was filled in.
      "
    `);
    expect(await readFile(join(folder, 'scored.csv'), 'utf8')).toMatchInlineSnapshot(`
      "van;energy_kwh;model;note;score;p_value;flagged;strangest_column;expected
      1;29;mini;"a; ""b""";3;0.7;false;energy_kwh;30 (26 to 33)
      2;55;maxi;;96.69;0.0005;true;energy_kwh;29 (26 to 33)
      3;31;mini;x;;;;energy_kwh;a number
      "
    `);
    expect((await readFile(join(folder, 'latent-space.png'))).subarray(1, 4).toString()).toBe('PNG');
    expect(service.requests).toMatchInlineSnapshot(`
      [
        "POST /datasets?name=vans&columns={}",
        "POST /jobs",
        "GET /jobs/job_1",
        "GET /models/model_1",
        "POST /score",
        "GET /samples?model_id=model_1&count=1000&seed=0&draw=sample",
        "GET /models/model_1/scatter?rows=all&limit=500&dimensions=0,1",
        "GET /models/model_1/scatter?rows=all&limit=500&dimensions=2,2",
        "GET /models/model_1/scatter?rows=all&limit=5000&dimensions=1,2",
      ]
    `);
  });

  test('orders nothing twice', async () => {
    const folder = await temporaryFolder();
    const { run, lines, service } = await attempt(folder, { 'POST /score': score });
    await run();
    const orders = () =>
      service.requests.filter((request) => /^POST .(?:datasets|jobs)/.test(request)).length;
    expect(orders()).toBe(2);
    await run();
    expect(orders()).toBe(2);
    expect(lines).toContain('The model was trained before.');
  });

  test('orders again what the service no longer has', async () => {
    const folder = await temporaryFolder();
    const { run } = await attempt(folder, { 'POST /score': score });
    await run();
    const other = await attempt(folder, {
      'POST /score': score,
      'GET /datasets/ds_1': () => [404, { detail: 'There is no data set ds_1.', errors: [] }],
      'GET /jobs/job_1': () => [404, { detail: 'There is no job job_1.', errors: [] }],
      'POST /datasets': () => [201, { ...DATASET, id: 'ds_2' }],
      'POST /jobs': () => [202, { ...JOB, id: 'job_2' }],
      'GET /jobs/job_2': () => [200, JOB],
    });
    await other.run();
    expect(other.service.requests.filter((request) => request.startsWith('POST'))).toHaveLength(3);
  });

  test('passes every problem of the file on', async () => {
    const folder = await temporaryFolder();
    const errors = [
      { pointer: 'row 2, column 1 (van)', detail: 'found "x"; allowed: a number' },
      { pointer: 'row 3', detail: 'found 3 cells; allowed: 4' },
    ];
    const { run } = await attempt(folder, {
      'POST /datasets': () => [422, { detail: 'The file is not valid.', errors }],
    });
    const explained = await run().catch(explainError);
    expect(explained).toBe(
      [
        'The file is not valid.',
        '  row 2, column 1 (van): found "x"; allowed: a number',
        '  row 3: found 3 cells; allowed: 4',
      ].join('\n'),
    );
  });

  test('says what to do with arrays', async () => {
    const { run } = await attempt(await temporaryFolder(), {
      'POST /datasets': () => [201, { ...DATASET, table: null }],
    });
    await expect(run()).rejects.toThrow('The file holds an array, not a table');
  });
});
