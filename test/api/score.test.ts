import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { toIndices, type Matrix } from '../../src/queue/arrays.ts';
import type { Outputs } from '../../src/queue/operations.ts';
import { addModel, buildTestApi, problemOf, type TestApi } from '../support/api.ts';
import { modelSpec } from '../support/specifications.ts';
import { ORDERS } from '../support/table-columns.ts';

const [NAN] = [NaN];
const COLUMNS = [
  { name: 'price', likelihood: { family: 'gaussian' }, missing: true },
  { name: 'ordered_at', likelihood: { family: 'gaussian' } },
  { name: 'ordered_at (weekday)', likelihood: { family: 'categorical', categories: 7 } },
  {
    name: 'city',
    likelihood: { family: 'categorical', categories: 2 },
    labels: ['Oslo', 'Bergen'],
    missing: true,
  },
];

const matrix = (rows: number[][]): Matrix => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
});

/** Of two rows: the second is strange in its price, and has no city. */
function answerOfTable(): Outputs['score'] {
  const codes = [NAN, NAN, NAN, NAN, NAN, NAN, 1, 0, 6, 1, 0, NAN];
  const probabilities = [NAN, NAN, NAN, NAN, NAN, NAN, 0.5, 0.25, 0.125, 0.75, 0.25, NAN];
  const twice = (values: number[]) => ({
    shape: [2, 4, 3] as const,
    data: Float32Array.from([...values, ...values]),
  });
  const features = (values: number[]) => matrix([values, values]);
  return {
    score: { shape: [2], data: Float32Array.of(1.5, 30) },
    standard_error: { shape: [2], data: Float32Array.of(0.1, 0.2) },
    at_least: toIndices([49, 0]),
    calibration_rows: toIndices([99]),
    surprise: matrix([
      [1, 2, 0.5],
      [25, 2, NAN],
    ]),
    excess: matrix([
      [-1, 0, 0.5],
      [18, 2, NAN],
    ]),
    column_at_least: matrix([
      [60, 50, 30],
      [0, 49, 0],
    ]),
    column_rows: toIndices([99, 99, 49]),
    low: features([-5, 0, NAN, NAN]),
    median: features([2.504, 31, NAN, NAN]),
    high: features([9, 60, NAN, NAN]),
    codes: twice(codes),
    code_probabilities: twice(probabilities),
  };
}

async function withTable(): Promise<{ api: TestApi; id: string }> {
  const api = await buildTestApi();
  const model = modelSpec({ latent_size: 2, likelihood: { family: 'mixed', columns: COLUMNS } });
  const { id } = await addModel(api, { row_shape: [4], model, table: ORDERS });
  api.producer.answers.score = answerOfTable;
  return { api, id };
}

const DATA = [
  { order_id: 'a-17', note: 'gift', price: 1001, ordered_at: '2020-02-01', city: 'Oslo' },
  { order_id: 'a-18', price: '2000', ordered_at: '2020-02-02', city: null },
];
const post = (body: object, headers = {}) => ({
  method: 'POST' as const,
  url: '/score',
  payload: body,
  headers,
});

describe('POST /score of a table', () => {
  it('answers scores with percentile, p-value and flag at the alarm rate, and gives ids back', async () => {
    const { api, id } = await withTable();
    const response = await api.call(post({ model_id: id, data: DATA, alarm_rate: 0.02, columns: false }));
    expect(response.json()).toEqual({
      model_id: id,
      step: 7,
      unit: 'nats per row',
      method: 'importance_sampling',
      samples: 64,
      alarm_rate: 0.02,
      calibration: { rows: 99, smallest_p_value: 0.01, note: null },
      score: [1.5, 30],
      standard_error: [expect.closeTo(0.1), expect.closeTo(0.2)],
      percentile: [expect.closeTo((100 * 50) / 99), 100],
      p_value: [0.5, 0.01],
      flag: [false, true],
      ids: [{ order_id: 'a-17' }, { order_id: 'a-18' }],
      columns: ['price', 'ordered_at', 'city'],
      ignored_columns: ['note'],
    });
    expect(api.producer.inferences[0]?.input).toMatchObject({ byColumn: false, expected: false });
  });

  it('says for each column how strange it is, and what was expected in the units of the file', async () => {
    const { api, id } = await withTable();
    const response = await api.call(post({ model_id: id, data: DATA }));
    const { cells } = response.json<{ cells: object[][] }>();
    const expected = [
      { median: 1002.5, low: 995, high: 1009 },
      {
        median: '2020-02-01',
        low: '2020-01-01',
        high: '2020-03-01',
        parts: {
          weekday: [
            { value: 'Tuesday', probability: 0.5 },
            { value: 'Monday', probability: 0.25 },
            { value: 'Sunday', probability: 0.125 },
          ],
        },
      },
      {
        likeliest: [
          { value: 'Bergen', probability: 0.75 },
          { value: 'Oslo', probability: 0.25 },
        ],
      },
    ];
    expect(cells).toEqual([
      [
        { column: 'price', surprise: 1, share: 0, p_value: 0.61, expected: expected[0] },
        { column: 'ordered_at', surprise: 2, share: 0, p_value: 0.51, expected: expected[1] },
        { column: 'city', surprise: 0.5, share: 1, p_value: 0.62, expected: expected[2] },
      ],
      [
        { column: 'price', surprise: 25, share: 0.9, p_value: 0.01, expected: expected[0] },
        { column: 'ordered_at', surprise: 2, share: 0.1, p_value: 0.5, expected: expected[1] },
        { column: 'city', surprise: null, share: null, p_value: null, expected: expected[2] },
      ],
    ]);
    expect(api.producer.inferences[0]?.input).toMatchObject({ byColumn: true, expected: true });
  });

  it('answers the other rows if one cannot be understood', async () => {
    const { api, id } = await withTable();
    const data = [DATA[0], { ...DATA[1], price: 'much' }];
    const body = (await api.call(post({ model_id: id, data }))).json<Record<string, unknown[]>>();
    expect(body['errors']).toMatchObject([{ row: 1, column: 'price' }]);
    for (const name of ['score', 'standard_error', 'percentile', 'p_value', 'flag', 'cells']) {
      expect([name, body[name]?.[0] === null, body[name]?.[1]]).toEqual([name, false, null]);
    }
    expect(body['ids']).toEqual([{ order_id: 'a-17' }, { order_id: 'a-18' }]);
  });

  it('says why there is no p-value, or none that is small enough', async () => {
    const { api, id } = await withTable();
    const ask = async () =>
      (await api.call(post({ model_id: id, data: DATA, columns: false }))).json<object>();
    api.producer.answers.score = () => ({ ...answerOfTable(), calibration_rows: toIndices([40]) });
    expect(await ask()).toMatchObject({
      calibration: { rows: 40, note: expect.stringContaining('no row can be flagged') as string },
    });
    const none = {
      calibration_rows: toIndices([0]),
      uncalibrated: toIndices([0]),
      at_least: toIndices([0, 0]),
    };
    api.producer.answers.score = () => ({ ...answerOfTable(), ...none });
    expect(await ask()).toMatchObject({
      calibration: {
        rows: 0,
        smallest_p_value: null,
        note: expect.stringContaining('no validation rows') as string,
      },
      score: [1.5, 30],
      percentile: null,
      p_value: null,
      flag: null,
    });
  });

  it.each([
    [{ alarm_rate: 0 }, '/alarm_rate'],
    [{ alarm_rate: 1 }, '/alarm_rate'],
    [{ columns: 'yes' }, '/columns'],
    [{ seed: 1 }, '/seed'],
  ])('refuses %j', async (fields, pointer) => {
    const { api, id } = await withTable();
    const problem = problemOf(await api.call(post({ model_id: id, data: DATA, ...fields })));
    expect([problem.status, problem.errors[0]?.pointer]).toEqual([422, pointer]);
  });

  it('has no picture', async () => {
    const { api, id } = await withTable();
    const response = await api.call(post({ model_id: id, data: DATA }, { accept: 'image/png' }));
    expect(problemOf(response)).toMatchObject({ status: 406 });
  });
});

describe('POST /score of images', () => {
  const data = [[0, 0.5, 1, 0.25]];

  it('is by column on request only, with means as what was expected', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    expect((await api.call(post({ model_id: id, data }))).json()).not.toHaveProperty('cells');
    const body = (await api.call(post({ model_id: id, data, columns: true }))).json<{ cells: object[][] }>();
    const cell = { surprise: 0.5, share: 0.25, p_value: 0.1, expected: { mean: 0.5 } };
    expect(body.cells).toEqual([[cell, cell, cell, cell]]);
  });

  it('is a picture on request: the image above its heat map', async () => {
    const api = await buildTestApi();
    const { id } = await addModel(api);
    const excess = { shape: [1, 4] as const, data: Float32Array.of(-3, 0, 10, 99) };
    const { score } = api.producer.answers;
    api.producer.answers.score = (input) => ({ ...score(input), excess });
    const response = await api.call(post({ model_id: id, data }, { accept: 'image/png' }));
    expect(api.producer.inferences[0]?.input).toMatchObject({ byColumn: true, expected: false });
    const picture = decode(response.rawPayload);
    expect([picture.width, picture.height, picture.channels]).toEqual([12, 15, 3]);
    const pixel = (x: number, y: number) => [
      ...picture.data.slice((y * picture.width + x) * 3, (y * picture.width + x) * 3 + 3),
    ];
    expect([pixel(5, 5), pixel(6, 5), pixel(5, 6)]).toEqual(
      [
        [0, 0, 0],
        [127, 127, 127],
        [255, 255, 255],
      ].map((own) => own.map((level) => expect.closeTo(level, -0.5) as number)),
    );
    expect([pixel(5, 8), pixel(6, 8), pixel(5, 9), pixel(6, 9)]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [255, 255, 255],
      [255, 255, 255],
    ]);
  });
});
