import Type from 'typebox';
import { AppError } from '../errors.ts';
import { idPattern } from '../ids.ts';
import { DatasetProfile } from '../model/dataset.ts';
import { compileCheck } from '../validation.ts';
import { DATASET_FORMATS, type DatasetRecord } from './datasets.ts';
import type { Driver } from './driver.ts';
import { encodeRecord, readRecord } from './records.ts';

/** Id of the built-in data set. */
export const MNIST_ID = 'mnist';

export const DATASETS = 'datasets';
export const datasetFolder = (id: string): string => `${DATASETS}/${id}`;
export const rowsKey = (id: string): string => `${DATASETS}/${id}/rows.bin`;
export const datasetKey = (id: string): string => `${DATASETS}/${id}/dataset.json`;

const ID = new RegExp(idPattern('ds'));
export const isDatasetId = (id: string): boolean => ID.test(id);

export const BYTES_PER_VALUE: { readonly [Dtype in DatasetRecord['dtype']]: number } = {
  uint8: 1,
  float32: 4,
};

const count = (minimum: number) => Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER });

/** Of dataset.json as it is written; records without one are of version 1, which had neither header nor profile. */
export const RECORD_VERSION = 2;

const check = compileCheck(
  Type.Object({
    version: Type.Optional(Type.Integer({ minimum: 1, maximum: RECORD_VERSION })),
    id: Type.String(),
    name: Type.String(),
    created_at: Type.String(),
    format: Type.Unsafe<DatasetRecord['format']>({ type: 'string', enum: [...DATASET_FORMATS] }),
    rows: count(1),
    test_rows: count(0),
    row_shape: Type.Array(count(1), { minItems: 1 }),
    data_size: count(1),
    dtype: Type.Unsafe<DatasetRecord['dtype']>({ type: 'string', enum: Object.keys(BYTES_PER_VALUE) }),
    scale: Type.Number(),
    minimum: Type.Number(),
    maximum: Type.Number(),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    bytes: count(1),
    header: Type.Optional(Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] })),
    profile: Type.Optional(Type.Union([DatasetProfile, Type.Null()])),
  }),
  'dataset.json',
);

/** A data set exists once its dataset.json, written last, does. Null where there is none. Errors: blob_corrupt. */
export async function readDataset(driver: Driver, id: string): Promise<DatasetRecord | null> {
  const key = datasetKey(id);
  const stored = await readRecord(driver, key, check);
  if (stored === null) return null;
  const { version, ...facts } = stored;
  const record = version === undefined ? { ...facts, header: null, profile: null } : withKnown(facts);
  if (isConsistent(record, id)) return record;
  throw AppError.of('blob_corrupt', { key, detail: 'its sizes or its id do not agree' });
}

const withKnown = <Facts extends { header?: boolean | null; profile?: DatasetProfile | null }>(
  facts: Facts,
) => ({
  ...facts,
  header: facts.header ?? null,
  profile: facts.profile ?? null,
});

export const encodeDataset = (record: DatasetRecord): Buffer =>
  encodeRecord({ version: RECORD_VERSION, ...record });

function isConsistent(record: DatasetRecord, id: string): boolean {
  const dataSize = record.row_shape.reduce((size, axis) => size * axis, 1);
  return (
    record.id === id &&
    record.data_size === dataSize &&
    (record.profile === null ||
      record.profile.columns.length === (record.profile.per_column ? dataSize : 1)) &&
    record.test_rows < record.rows &&
    record.bytes === record.rows * dataSize * BYTES_PER_VALUE[record.dtype]
  );
}
