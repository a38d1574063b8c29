import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toDataRows } from '../../src/api/inference/answers.ts';
import { createId } from '../../src/ids.ts';
import { planTraining } from '../../src/model/dataset.ts';
import { Inference } from '../../src/model/evaluation/compiled-model.ts';
import { isShared, ModelOrder, TrainingOrder, type ModelSpec } from '../../src/model/specification.ts';
import { listFeatures, type Cell } from '../../src/model/table.ts';
import { PAYLOAD_VERSIONS } from '../../src/queue/jobs.ts';
import type { Matrix } from '../../src/queue/arrays.ts';
import type { ModelRecord } from '../../src/store/models.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { compileCheck } from '../../src/validation.ts';
import { drawSampleRows } from '../../src/worker/apply/task-runners.ts';
import { sample } from '../../src/worker/inference/latent-space.ts';
import { impute } from '../../src/worker/inference/impute.ts';
import type { InferenceSubject } from '../../src/worker/inference/operation.ts';
import { Subjects } from '../../src/worker/inference/subjects.ts';
import { createTrainProcessor } from '../../src/worker/processors/train.ts';
import { streamOf } from '../store/support.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { cpu, watchedJob } from './workshop.ts';

const DATA = join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data');
/** Numbers and dates; heavy tails, gaps and dates over a century; times and counts. */
const FILES = ['seattle-weather.csv', 'movies.json', 'github.csv'];
const [SAMPLES, SEED] = [1000, 4];

const checkModel = compileCheck(ModelOrder, 'the model');
const checkTraining = compileCheck(TrainingOrder, 'the training');
const runtime = cpu();
let store: Store;
let remove: () => Promise<void>;
let subjects: Subjects;
const modelIds = new Map<string, string>();

beforeAll(async () => {
  const made = await makeFolder();
  remove = made.remove;
  store = openStore({ dataDir: made.folder, maxUploadBytes: 2 ** 24, maxDatasetBytes: 2 ** 24 });
  subjects = new Subjects({ runtime, store, warn: () => undefined });
  for (const file of FILES) modelIds.set(file, await train(file));
});
afterAll(async () => {
  await runtime.dispose();
  await remove();
});

/** A few steps, after which draws are still far too wide; masked, so that every column can be drawn given others. */
async function train(file: string): Promise<string> {
  const bytes = readFileSync(join(DATA, file));
  const dataset = await store.datasets.create(streamOf(bytes), { name: file });
  const training = checkTraining({ steps: 30, seed: 2, masking: { name: 'random' } });
  const order = { model: checkModel({}), training };
  const outcome = planTraining(order, dataset);
  if (!('plan' in outcome)) throw new Error(JSON.stringify(outcome));
  const modelId = createId('model');
  await store.models.create({
    id: modelId,
    name: file,
    created_at: new Date().toISOString(),
    job_id: createId('job'),
    dataset_id: dataset.id,
    data_size: dataset.data_size,
    row_shape: dataset.row_shape,
    table: dataset.table,
    split: 'separate',
    default_checkpoint: 'latest',
    comparison: null,
    ...outcome.plan,
  });
  const payload = {
    version: PAYLOAD_VERSIONS.train,
    modelId,
    datasetId: dataset.id,
    ...outcome.plan,
  } as const;
  await createTrainProcessor({ runtime, store, warn: () => undefined })(watchedJob().context, {
    ...payload,
    split: 'separate',
  });
  return modelId;
}

const use = <Result>(file: string, work: (subject: InferenceSubject) => Promise<Result>): Promise<Result> =>
  subjects.use(modelIds.get(file) ?? '', 'latest', () => undefined, work);

/** Cells of the modelled columns, by name. */
function toColumns(record: ModelRecord, data: Matrix): Map<string, Cell[]> {
  const rows = toDataRows({ data }, 'data', record);
  const names = [...new Set(listFeatures(tableOf(record)).map(({ column }) => column))];
  return new Map(
    names.map((column, i) => [
      tableOf(record).columns[column]?.name ?? '',
      rows.map((row) => row[i] ?? null),
    ]),
  );
}

function tableOf({ table }: ModelRecord) {
  if (table === null) throw new Error('no table');
  return table;
}

/** Cells of the file as numbers, dates as milliseconds; words are left out. */
function readFile(file: string): Map<string, number[]> {
  const text = readFileSync(join(DATA, file), 'utf8');
  const records = file.endsWith('.json') ? (JSON.parse(text) as Record<string, unknown>[]) : readCsv(text);
  const names = Object.keys(records[0] ?? {});
  return new Map(names.map((name) => [name, records.flatMap((record) => toNumber(record[name]))]));
}

function readCsv(text: string): Record<string, string>[] {
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell])));
}

function toNumber(cell: unknown): number[] {
  if (typeof cell === 'number') return [cell];
  if (typeof cell !== 'string' || cell === '') return [];
  const readings = [Number(cell), Date.parse(`${cell} UTC`), Date.parse(`${cell}Z`)];
  return readings.filter(Number.isFinite).slice(0, 1);
}

const isNumeric = (record: ModelRecord, name: string): boolean =>
  tableOf(record).columns.some(
    (column) => column.name === name && ['number', 'count', 'datetime'].includes(column.role),
  );

/** Names of columns of numbers or times with a cell beyond those of the file. */
function findBeyond(file: string, record: ModelRecord, cells: Map<string, Cell[]>): string[] {
  const known = readFile(file);
  return [...cells].flatMap(([name, own]) => {
    if (!isNumeric(record, name)) return [];
    const values = known.get(name) ?? [];
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const drawn = own.flatMap(toNumber);
    expect(drawn).toHaveLength(own.length);
    return drawn.every((value) => value >= low && value <= high) ? [] : [name];
  });
}

/** A value beyond the range of the last column of numbers. */
function findBeyondRange({ model: { likelihood }, table }: ModelRecord) {
  if (isShared(likelihood) || table === null) throw new Error('a table has columns');
  const roles = new Map(table.columns.map(({ name, role }) => [name, role]));
  const feature = likelihood.columns.findLastIndex(
    ({ name, range }) => range && roles.get(name) !== 'datetime',
  );
  const { name = '', range } = likelihood.columns[feature] ?? {};
  return { name, feature, value: Math.round((range?.maximum ?? 0) + 5) };
}

function withoutRanges(model: ModelSpec): ModelSpec {
  const { likelihood } = model;
  if (isShared(likelihood)) throw new Error('a table has columns');
  const columns = likelihood.columns.map(({ range: _range, ...column }) => column);
  return { ...model, likelihood: { ...likelihood, columns } };
}

describe.each(FILES)('samples of %s', (file) => {
  const draw = (subject: InferenceSubject) =>
    sample.run(subject, { samples: SAMPLES, seed: SEED, drawData: true });

  it('lie within the range of the cells of the file, drawn or expected', async () => {
    await use(file, async (subject) => {
      const { mean, data = mean } = await draw(subject);
      const cells = toColumns(subject.record, data);
      expect([...cells.keys()].filter((name) => isNumeric(subject.record, name)).length).toBeGreaterThan(1);
      expect(findBeyond(file, subject.record, cells)).toEqual([]);
      expect(findBeyond(file, subject.record, toColumns(subject.record, mean))).toEqual([]);
    });
  });

  it('do not depend on the rows that are drawn with them', async () => {
    await use(file, async (subject) => {
      const numbers = Uint32Array.from({ length: 128 }, (_, i) => i);
      const together = await drawSampleRows(subject, numbers, SEED);
      const apart = [numbers.subarray(0, 100), numbers.subarray(100)].map((part) =>
        drawSampleRows(subject, part, SEED),
      );
      expect((await Promise.all(apart)).flat()).toEqual(together);
      const { mean, data = mean } = await draw(subject);
      expect(toDataRows({ data }, 'data', subject.record).slice(0, 128)).toEqual(together);
    });
  });

  it('keep a given value beyond the range, and draw the others within', async () => {
    await use(file, async (subject) => {
      const { record } = subject;
      const size = record.data_size;
      const { name, feature, value } = findBeyondRange(record);
      const row = new Float32Array(size).fill(NaN);
      row[feature] = value;
      const rows: Matrix = { shape: [1, size], data: row };
      const { draws } = await impute.run(subject, { rows, rounds: 1, draws: 300, seed: SEED });
      const cells = toColumns(record, { shape: [300, size], data: draws?.data ?? new Float32Array() });
      expect(new Set(cells.get(name))).toEqual(new Set([value]));
      cells.delete(name);
      expect(findBeyond(file, record, cells)).toEqual([]);
    });
  });

  it('are not limited by a model without ranges, as it was stored before there were any', async () => {
    await use(file, async (subject) => {
      const model = withoutRanges(subject.record.model);
      const older = Inference.of(runtime, model, subject.record.row_shape);
      const record = { ...subject.record, model };
      const limited = await draw(subject);
      const { mean, data = mean } = await draw({ ...subject, record, inference: older });
      await older.dispose();
      expect(data.data.every(Number.isFinite)).toBe(true);
      expect(findBeyond(file, record, toColumns(record, data))).not.toEqual([]);
      const different = data.data.filter((value, i) => value !== limited.data?.data[i]).length;
      expect(different).toBeGreaterThan(0);
      expect(different).toBeLessThan(data.data.length / 2);
    });
  });
});

describe('samples of counts', () => {
  it('are whole numbers', async () => {
    await use('github.csv', async (subject) => {
      const { mean, data = mean } = await sample.run(subject, { samples: SAMPLES, seed: 1, drawData: true });
      const counts = toColumns(subject.record, data).get('count') ?? [];
      expect(counts).toHaveLength(SAMPLES);
      expect(counts.every(Number.isInteger)).toBe(true);
    });
  });
});
