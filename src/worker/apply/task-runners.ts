import { fillMissing, findTable, shareStrangeness, toPercentile, toPValue } from '../../model/dataset.ts';
import { listRanges, type TaskName, type TaskOf } from '../../model/specification.ts';
import type { NoiseSource } from '../../model/evaluation/draws.ts';
import { hasEncoder } from '../../model/evaluation/subject.ts';
import { AppError } from '../../errors.ts';
import {
  createFeatureWriters,
  createRowDecoder,
  findCellKind,
  groupFeatures,
  listModelledColumns,
  shortenFloat32,
  type Cell,
} from '../../model/table.ts';
import { toMatrix, type Matrix } from '../../queue/arrays.ts';
import type { ModelRecord } from '../../store/models.ts';
import { impute } from '../inference/impute.ts';
import type { InferenceSubject } from '../inference/operation.ts';
import { score } from '../inference/score.ts';

/** isText: numbers are written as text, for which the shortest is looked for. */
export interface RowsForm {
  readonly onlyLatents: boolean;
  readonly isText: boolean;
}

/** The cells that a task adds to rows; their order is that of describeColumns. */
type RowsRunner<Name extends TaskName> = (
  subject: InferenceSubject,
  rows: Matrix,
  task: TaskOf<Name>,
) => Promise<Cell[][]>;

const scoreRows: RowsRunner<'score'> = async (subject, rows, { alarmRate, byColumn }) => {
  const output = await score.run(subject, { rows, byColumn, expected: false });
  const [among = 0] = output.calibration_rows.data;
  const names = nameColumns(subject.record);
  const width = output.excess?.shape[1] ?? 0;
  return Array.from({ length: rows.shape[0] }, (_, row) => {
    const atLeast = output.at_least.data[row] ?? 0;
    const pValue = among === 0 ? null : toPValue(atLeast, among);
    const shares = output.excess
      ? shareStrangeness(output.excess.data.subarray(row * width, (row + 1) * width))
      : [];
    const largest = shares.reduce((best, share, i) => (share > (shares[best] ?? 0) ? i : best), -1);
    return [
      shorten(output.score.data[row] ?? NaN),
      shorten(output.standard_error.data[row] ?? NaN),
      among === 0 ? null : toPercentile(atLeast, among),
      pValue,
      pValue === null ? null : pValue <= alarmRate,
      ...(byColumn ? [names[largest] ?? null, ...shares.map(shorten)] : []),
    ];
  });
};

const encodeRows =
  ({ onlyLatents, isText }: RowsForm): RowsRunner<'encode'> =>
  async ({ inference, parameters }, rows) => {
    const { mean, standard_deviation: deviation } = await inference.encode(parameters, rows);
    const kinds = onlyLatents ? [mean] : [mean, deviation];
    const size = inference.vae.latentSize;
    return Array.from({ length: rows.shape[0] }, (_, row) => {
      const cells: Cell[] = [];
      for (const { data } of kinds) {
        for (let i = row * size; i < (row + 1) * size; i++) {
          const value = data[i] ?? NaN;
          cells.push(isText ? toCell(value) : value);
        }
      }
      return cells;
    });
  };

const imputeRows: RowsRunner<'impute'> = async (subject, rows, { rounds, seed, intervals }) => {
  const { record } = subject;
  const [count, size] = rows.shape;
  const incomplete = listIncomplete(rows);
  const output =
    incomplete.length === 0
      ? {}
      : await impute.run(subject, { rows: chooseRows(rows, incomplete), rounds, draws: 0, seed });
  const filled = fillMissing(chooseRows(rows, incomplete).data, output);
  const [write, names, describe] = [createWriter(record), nameColumns(record), createBounds(record, output)];
  const firsts = listFirstFeatures(record);
  const places = new Map(incomplete.map((row, place) => [row, place]));
  const complete = firsts.map(() => false);
  const nothingImputed = [...(intervals ? describe(0, complete) : []), null];
  return Array.from({ length: count }, (_, row) => {
    const place = places.get(row);
    const own = rows.data.subarray(row * size, (row + 1) * size);
    if (place === undefined) return [...write(own), ...nothingImputed];
    const missing = firsts.map((feature) => Number.isNaN(own[feature]));
    return [
      ...write(filled.subarray(place * size, (place + 1) * size)),
      ...(intervals ? describe(place, missing) : []),
      names.filter((_name, i) => missing[i]).join('; ') || null,
    ];
  });
};

/** Only these need draws of z. */
function listIncomplete({ shape: [count, size], data }: Matrix): number[] {
  const numbers = Array.from({ length: count }, (_, row) => row);
  return numbers.filter((row) => data.subarray(row * size, (row + 1) * size).some(Number.isNaN));
}

function chooseRows({ shape: [, size], data }: Matrix, numbers: readonly number[]): Matrix {
  const chosen = new Float32Array(numbers.length * size);
  numbers.forEach((row, place) => {
    chosen.set(data.subarray(row * size, (row + 1) * size), place * size);
  });
  return { shape: [numbers.length, size], data: chosen };
}

/** Draws rows by their numbers, on which noise depends. */
export async function drawSampleRows(
  { inference, parameters, record }: InferenceSubject,
  numbers: Uint32Array,
  seed: number,
): Promise<Cell[][]> {
  const noise: NoiseSource = { seed, stream: 'inference', rows: numbers };
  const { latents } = await inference.sample(parameters, numbers.length, noise);
  const data = toMatrix(await inference.drawData(parameters, latents, noise));
  const write = createWriter(record);
  const size = record.data_size;
  return Array.from({ length: numbers.length }, (_, row) =>
    write(data.data.subarray(row * size, (row + 1) * size)),
  );
}

/** Errors: no_encoder. */
export function runOnRows(
  subject: InferenceSubject,
  rows: Matrix,
  task: TaskOf<'score' | 'encode' | 'impute'>,
  form: RowsForm,
): Promise<Cell[][]> {
  if (!hasEncoder(subject.parameters)) throw AppError.of('no_encoder', { id: subject.record.id });
  if (task.type === 'score') return scoreRows(subject, rows, task);
  if (task.type === 'impute') return imputeRows(subject, rows, task);
  return encodeRows(form)(subject, rows, task);
}

/** Names of the columns of a table that are modelled; of other rows, of their values. */
function nameColumns(record: ModelRecord): string[] {
  const table = findTable(record);
  if (table === null) return Array.from({ length: record.data_size }, (_, i) => `x${i + 1}`);
  return listModelledColumns(table).map((index) => table.columns[index]?.name ?? '');
}

function createWriter(record: ModelRecord): (values: Float32Array) => Cell[] {
  const table = findTable(record);
  if (table === null) return (values) => Array.from(values, toCell);
  return createRowDecoder(table, listRanges(record.model.likelihood));
}

/** Of each modelled column. */
function listFirstFeatures(record: ModelRecord): number[] {
  const table = findTable(record);
  if (table === null) return Array.from({ length: record.data_size }, (_, i) => i);
  return [...groupFeatures(table).values()].map(([first = 0]) => first);
}

type Bounds = { readonly low?: Matrix; readonly high?: Matrix };

/** The bounds of numbers that are missing: two cells for each column of numbers. */
function createBounds(record: ModelRecord, { low, high }: Bounds) {
  const table = findTable(record);
  const firsts = listFirstFeatures(record);
  const writers = table && createFeatureWriters(table);
  const columns = table ? listModelledColumns(table).map((index) => table.columns[index]) : [];
  const listed = firsts.flatMap((feature, i) => {
    const column = columns[i];
    return column === undefined || findCellKind(column) === 'number' ? [{ feature, i }] : [];
  });
  const size = record.data_size;
  return (row: number, missing: readonly boolean[]): Cell[] =>
    listed.flatMap(({ feature, i }) =>
      [low, high].map((bounds) => {
        const value = bounds?.data[row * size + feature] ?? NaN;
        if (missing[i] !== true || Number.isNaN(value)) return null;
        return writers?.[feature]?.(value) ?? toCell(value);
      }),
    );
}

const toCell = (value: number): Cell => (Number.isNaN(value) ? null : shortenFloat32(value));

/** To 6 digits, of which float32 has no more. */
const shorten = (value: number): Cell => (Number.isNaN(value) ? null : Number(value.toPrecision(6)));
