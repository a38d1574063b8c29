import { AppError } from '../../errors.ts';
import { findTable, findTestRowProblem } from '../../model/dataset.ts';
import { isShared, REAL, sharedDomain } from '../../model/specification.ts';
import type { Matrix } from '../../queue/arrays.ts';
import { readRowValues } from '../../store/contents/contents.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { WithArray } from '../http/array-bodies.ts';
import type { ApiOptions } from '../types.ts';
import { refuseField } from './row-errors.ts';
import type { LatentFields, RowFields } from './row-fields.ts';
import { checkValues, parseData, parseLatents, type RequestRows } from './rows.ts';
import {
  checkArrayShape,
  readBase64,
  readNpy,
  toTableCells,
  toValues,
  type SentArray,
} from './sent-array.ts';

/** Rows of a request in the form in which they were sent. */
export type GivenRows = { readonly count: number } & (
  | { readonly kind: 'cells'; readonly cells: readonly unknown[]; readonly pointer: string }
  | { readonly kind: 'values'; readonly values: Float32Array }
);

/**
 * Finds the rows of a request, wherever they are. Errors: validation_failed unless they are in exactly one place; too_large,
 * data_invalid; those of readBase64, toValues and toTableCells.
 */
export async function findRows(
  api: ApiOptions,
  record: ModelRecord,
  request: WithArray<RowFields>,
): Promise<GivenRows> {
  checkRowPlaces(request);
  const { data, data_base64: text, rows, npy, shape, dtype } = request;
  const { maxInferenceValues: limit } = api.config;
  if (rows !== undefined) return takeValues(await readStoredRows(api, record, rows));
  if (npy !== null) return openArray(api, record, readNpy(npy, limit));
  if (text !== undefined)
    return openArray(api, record, readBase64({ text, shape, dtype }, '/data_base64', limit));
  return { kind: 'cells', cells: data ?? [], pointer: '/data', count: data?.length ?? 0 };
}

/** Errors: too_large, validation_failed. */
export function toRequestRows(api: ApiOptions, record: ModelRecord, given: GivenRows): RequestRows {
  if (given.kind === 'cells') return parseData(api, record, given.cells, given.pointer);
  return { shape: [given.count, record.data_size], data: given.values, errors: [], ignored: [] };
}

/** Points of latent space. Errors: as for findRows. */
export function findLatents(api: ApiOptions, record: ModelRecord, request: WithArray<LatentFields>): Matrix {
  const { latents, latents_base64: text, npy, shape, dtype } = request;
  checkPlaces({ 'the NPY file': npy, latents, latents_base64: text }, '/latents');
  checkArrayFields(request, text, 'latents_base64');
  const { maxInferenceValues: limit } = api.config;
  if (npy === null && text === undefined) return parseLatents(api, record, latents ?? []);
  const array =
    npy === null
      ? readBase64({ text: text ?? '', shape, dtype }, '/latents_base64', limit)
      : readNpy(npy, limit);
  const size = record.model.latent_size;
  checkArrayShape(array, [size]);
  return { shape: [array.shape[0] ?? 0, size], data: toValues(array, 1, REAL) };
}

/** Errors: validation_failed unless rows are in exactly one place. */
export function checkRowPlaces(request: WithArray<RowFields>): void {
  const { data, data_base64, rows, npy } = request;
  checkPlaces({ 'the NPY file': npy, data, data_base64, rows }, '/data');
  checkArrayFields(request, data_base64, 'data_base64');
}

function checkPlaces(places: Readonly<Record<string, unknown>>, pointer: string): void {
  const names = Object.keys(places);
  const given = names.filter((name) => places[name] !== undefined && places[name] !== null);
  if (given.length === 1) return;
  const [usual = '', ...others] = names.slice(1);
  throw refuseField(
    pointer,
    given.length === 0
      ? `required, unless ${others.join(' or ')} is given`
      : `found ${given.join(' and ')}; allowed: one of ${[usual, ...others].join(', ')}`,
  );
}

function checkArrayFields(fields: RowFields | LatentFields, text: string | undefined, name: string): void {
  const stray = (['shape', 'dtype'] as const).find((one) => fields[one] !== undefined);
  if (text === undefined && stray !== undefined)
    throw refuseField(`/${stray}`, `allowed only beside ${name}`);
}

async function openArray(api: ApiOptions, record: ModelRecord, array: SentArray): Promise<GivenRows> {
  const count = array.shape[0] ?? 0;
  const table = findTable(record);
  if (table !== null) {
    const cells = toTableCells(array, table);
    return { kind: 'cells', cells, pointer: array.pointer, count };
  }
  const { likelihood } = record.model;
  if (!isShared(likelihood)) throw new RangeError(`model ${record.id} has columns but no table`);
  checkArrayShape(array, record.row_shape);
  const scale = array.type === 'uint8' ? await findScale(api, record, array) : 1;
  return { kind: 'values', values: toValues(array, scale, sharedDomain(likelihood)), count };
}

/** The number that makes values of uploaded bytes. Errors: validation_failed if the data set is gone. */
async function findScale(api: ApiOptions, record: ModelRecord, { pointer }: SentArray): Promise<number> {
  try {
    const { scale } = await api.store.datasets.get(record.dataset_id);
    return scale;
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'dataset_not_found')) throw error;
    throw refuseField(
      pointer === '' ? pointer : '/dtype',
      `found uint8, but the data set whose scale it needs was deleted; allowed: float32 in the units of the model`,
    );
  }
}

/** Rows of the model's data set. Errors: dataset_not_found, too_large, blob_corrupt; validation_failed if there is no such row. */
async function readStoredRows(
  api: ApiOptions,
  record: ModelRecord,
  numbers: readonly number[],
): Promise<Matrix> {
  checkValues('rows', numbers.length * record.data_size, api.config.maxInferenceValues);
  const reader = await api.store.datasets.openRows(record.dataset_id, { inMemory: false, verify: false });
  try {
    checkNumbers(reader.record, record, numbers);
    const data = await readRowValues(reader, Uint32Array.from(numbers));
    return { shape: [numbers.length, record.data_size], data };
  } finally {
    await reader.close();
  }
}

/** A training does not check test rows. */
function checkNumbers(dataset: DatasetRecord, { model }: ModelRecord, numbers: readonly number[]): void {
  const problem = findTestRowProblem(model.likelihood, dataset.test_profile);
  const count = problem === null ? dataset.rows : dataset.rows - dataset.test_rows;
  const wrong = numbers.findIndex((row) => row >= count);
  if (wrong < 0) return;
  const isTestRow = problem !== null && (numbers[wrong] ?? 0) < dataset.rows;
  const why = isTestRow ? ` (test rows have ${problem}, which the likelihood does not explain)` : '';
  throw refuseField(`/rows/${wrong}`, `found ${numbers[wrong]}; allowed: 0 to ${count - 1}${why}`);
}

const takeValues = ({ shape: [count], data: values }: Matrix): GivenRows => ({
  kind: 'values',
  values,
  count,
});
