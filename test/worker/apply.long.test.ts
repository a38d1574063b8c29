import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.ts';
import { planTraining } from '../../src/model/dataset.ts';
import { ModelOrder, TrainingOrder, type Task } from '../../src/model/specification.ts';
import {
  PAYLOAD_VERSIONS,
  type ApplyPayload,
  type ApplyResult,
  type PartPayload,
} from '../../src/queue/jobs.ts';
import {
  InterruptedError,
  type JobContext,
  type JobViewOf,
  type PartOrders,
} from '../../src/queue/queues.ts';
import { decodeNpy } from '../../src/store/formats/npy.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { createApplyProcessor } from '../../src/worker/processors/apply.ts';
import { createInferProcessor } from '../../src/worker/processors/infer.ts';
import { createPartProcessor } from '../../src/worker/processors/part.ts';
import { createTrainProcessor } from '../../src/worker/processors/train.ts';
import { streamOf } from '../store/support.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { compileCheck } from '../../src/validation.ts';
import { inferContext, operationOn } from './inference-orders.ts';
import { cpu, watchedJob } from './workshop.ts';

const ROWS = 1100;
const CITIES = ['Oslo', 'Bergen', 'Hamar'];
/** A table in which everything follows from the row, with gaps. */
const line = (i: number): string =>
  [`o${i}`, i % 17, i % 10 === 3 ? '' : (2 * (i % 17) + (i % 5) / 10).toFixed(1), CITIES[i % 3]].join();
const CSV = ['id,size,price,city', ...Array.from({ length: ROWS }, (_, i) => line(i))].join('\n');

const checkModel = compileCheck(ModelOrder, 'the model');
const checkTraining = compileCheck(TrainingOrder, 'the training');
let store: Store;
let remove: () => Promise<void>;
let [modelId, datasetId] = ['', ''];
const runtime = cpu();
const dependencies = () => ({ runtime, store, warn: () => undefined });

beforeAll(async () => {
  const made = await makeFolder();
  remove = made.remove;
  store = openStore({ dataDir: made.folder, maxUploadBytes: 2 ** 24, maxDatasetBytes: 2 ** 24 });
  const dataset = await store.datasets.create(streamOf(Buffer.from(CSV)), {
    name: 'orders',
    columns: { id: 'id', city: 'category' },
  });
  datasetId = dataset.id;
  const outcome = planTraining({ model: checkModel({}), training: checkTraining({ steps: 60 }) }, dataset);
  if (!('plan' in outcome)) throw new Error(JSON.stringify(outcome));
  const { model, training } = outcome.plan;
  modelId = createId('model');
  await store.models.create({
    id: modelId,
    name: 'orders',
    created_at: new Date().toISOString(),
    job_id: createId('job'),
    dataset_id: dataset.id,
    data_size: dataset.data_size,
    row_shape: dataset.row_shape,
    table: dataset.table,
    split: 'separate',
    default_checkpoint: 'best',
    comparison: null,
    model,
    training,
  });
  const payload = { version: PAYLOAD_VERSIONS.train, modelId, datasetId, model, training } as const;
  await createTrainProcessor(dependencies())(watchedJob().context, { ...payload, split: 'separate' });
});
afterAll(async () => {
  await runtime.dispose();
  await remove();
});

/** Runs parts one after the other, as a single worker does; after `most` parts it loses everything. */
function runParts(most = Infinity): PartOrders & { readonly ran: PartPayload['part'][] } {
  const views = new Map<string, JobViewOf<'part'>>();
  const ran: PartPayload['part'][] = [];
  const run = createPartProcessor(dependencies());
  return {
    ran,
    enqueue: async (id, payload) => {
      if (ran.length >= most) throw new InterruptedError();
      ran.push(payload.part);
      const context = { jobId: id, attempt: 1, signal: new AbortController().signal };
      const result = await run({ ...context, reportProgress: async () => undefined }, payload);
      views.set(id, { state: 'succeeded', error: null, result } as JobViewOf<'part'>);
    },
    get: async (id) => views.get(id) ?? null,
    cancel: async () => undefined,
    forget: async (id) => {
      views.delete(id);
    },
  };
}

function context(jobId = createId('job'), reason?: 'cancel'): JobContext<'apply'> {
  const controller = new AbortController();
  if (reason !== undefined) controller.abort(reason);
  return { jobId, attempt: 1, signal: controller.signal, reportProgress: async () => undefined };
}

const order = (task: Task, fields: Partial<ApplyPayload> = {}): ApplyPayload => ({
  version: PAYLOAD_VERSIONS.apply,
  modelId,
  checkpoint: 'latest',
  datasetId,
  task,
  format: 'csv',
  datasetName: null,
  ...fields,
});

async function apply(payload: ApplyPayload, parts = runParts(), own = context()): Promise<ApplyResult> {
  return createApplyProcessor({ store, parts, warn: () => undefined, mostRows: 512 })(own, payload);
}

async function readBytes(jobId: string, range?: { first: number; last: number }): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.results.read(jobId, range)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function readTable(payload: ApplyPayload): Promise<Record<string, string>[]> {
  const own = context();
  expect(await apply(payload, runParts(), own)).toMatchObject({ outcome: 'succeeded' });
  const [header = '', ...lines] = (await readBytes(own.jobId)).toString('utf8').trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [names[i] ?? '', cell])));
}

const SCORE: Task = { type: 'score', withData: true, alarmRate: 0.1, byColumn: true };
const IMPUTE: Task = { type: 'impute', rounds: 1, seed: 3, intervals: true };

describe('a job over all rows of a data set', () => {
  it('writes ids, rows and what the operations of requests answer for them', async () => {
    const table = await readTable(order(SCORE));
    expect(table).toHaveLength(ROWS);
    expect(table[7]).toMatchObject({ id: 'o7', size: '7', price: '14.2', city: 'Bergen', error: '' });
    expect(table[13]).toMatchObject({ id: 'o13', price: '' });
    const { record, rows } = await readFeatures([7, 1070]);
    const infer = createInferProcessor(dependencies());
    const input = { rows, byColumn: false, expected: false };
    const { output } = await infer(inferContext(), operationOn(record.id, 'score', input));
    [7, 1070].forEach((row, i) => {
      expect(Number(table[row]?.['score'])).toBeCloseTo(output.score.data[i] ?? NaN, 3);
      const [rank = 0, among = 0] = [output.at_least.data[i], output.calibration_rows.data[0]];
      expect(Number(table[row]?.['p_value'])).toBeCloseTo((1 + rank) / (among + 1), 9);
      expect(table[row]?.['flagged']).toBe(String((1 + rank) / (among + 1) <= 0.1));
    });
  });

  it('fills in what is missing, and names it', async () => {
    const table = await readTable(order(IMPUTE));
    for (const [i, row] of table.entries()) {
      const isMissing = i % 10 === 3;
      expect(row['imputed']).toBe(isMissing ? 'price' : '');
      expect(row['price']).toMatch(/^-?\d+(\.\d)?$/);
      if (!isMissing) expect(Number(row['price'])).toBeCloseTo(2 * (i % 17) + (i % 5) / 10, 5);
      else expect(Number(row['price_low'])).toBeLessThan(Number(row['price_high']));
    }
  });

  it.each([
    ['score', SCORE, 'parquet'],
    ['impute', IMPUTE, 'jsonl'],
    ['sample', { type: 'sample', count: 1100, seed: 5 }, 'csv'],
    ['encode', { type: 'encode', withData: false }, 'npy'],
  ] as const)('%s: goes on with the parts that are missing, to the same bytes', async (_, task, format) => {
    const [whole, broken] = [context(), context()];
    await apply(order(task, { format }), runParts(), whole);
    await expect(apply(order(task, { format }), runParts(1), broken)).rejects.toThrow(InterruptedError);
    expect(await store.results.listParts(broken.jobId)).toEqual([0]);
    const rest = runParts();
    await apply(order(task, { format }), rest, context(broken.jobId));
    expect(rest.ran[0]).toBe(1);
    const bytes = await readBytes(whole.jobId);
    expect((await readBytes(broken.jobId)).equals(bytes)).toBe(true);
    const cut = Math.floor(bytes.length / 3);
    const ranges = [
      { first: 0, last: cut },
      { first: cut + 1, last: 2 * cut },
      { first: 2 * cut + 1, last: bytes.length - 1 },
    ];
    const parts = await Promise.all(ranges.map((range) => readBytes(whole.jobId, range)));
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  it('makes a data set of latents, with ids', async () => {
    const result = await apply(order({ type: 'encode', withData: false }, { datasetName: 'latents' }));
    const made = result.outcome === 'succeeded' ? (result.datasetId ?? '') : '';
    const latents = await store.datasets.get(made);
    expect(latents).toMatchObject({ name: 'latents', rows: ROWS });
    expect(latents.table?.columns.map(({ name, role }) => [name, role]).slice(0, 2)).toEqual([
      ['id', 'id'],
      ['mean_1', 'number'],
    ]);
    expect(await store.datasets.readIds(made, [1099])).toEqual([['o1099']]);
  });

  it('reads other tables by the names of their columns, and says which rows it cannot understand', async () => {
    const other =
      'city,price,weight,size\nOslo,12.5,1,2\nBergen,,2,3\nOslo,a lot,3,4\nHamar,7,4,5\nOslo,8,5,7';
    const { id } = await store.datasets.create(streamOf(Buffer.from(other)), {
      name: 'other',
      columns: { price: 'category', city: 'category', weight: 'number' },
    });
    const table = await readTable(order(SCORE, { datasetId: id }));
    expect(table.map(({ error }) => error?.includes('price'))).toEqual([false, false, true, false, false]);
    expect(table.map(({ score }) => score === '')).toEqual([false, false, true, false, false]);
    expect(table[3]).toMatchObject({ city: 'Hamar', price: '7', weight: '4' });
  });

  it('has numbers alone in NPY', async () => {
    const own = context();
    await apply(order({ ...SCORE, withData: false, byColumn: false }, { format: 'npy' }), runParts(), own);
    const { shape, data } = decodeNpy(await readBytes(own.jobId), { maxValues: 2 ** 20 });
    expect(shape).toEqual([ROWS, 5]);
    expect(data.every(Number.isFinite)).toBe(true);
  });

  it('leaves nothing when it is cancelled', async () => {
    const own = context(undefined, 'cancel');
    expect(await apply(order(SCORE), runParts(1), own)).toEqual({ outcome: 'cancelled' });
    await expect(store.results.get(own.jobId)).rejects.toMatchObject({ code: 'result_not_found' });
    expect(await store.results.listParts(own.jobId)).toEqual([]);
  });
});

async function readFeatures(numbers: number[]) {
  const record = await store.models.get(modelId);
  const reader = await store.datasets.openRows(datasetId);
  const data = new Float32Array(numbers.length * record.data_size);
  await reader.readRows(numbers, data);
  await reader.close();
  return { record, rows: { shape: [numbers.length, record.data_size] as const, data } };
}
