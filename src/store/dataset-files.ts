import { AppError } from '../errors.ts';
import { formatIdPattern } from '../ids.ts';
import type { StoreDriver } from './driver.ts';
import { BYTES_PER_VALUE, datasetFormat, type DatasetRecord } from './records/dataset-record.ts';
import { readRecord } from './records/record-blob.ts';

/** Id of the built-in data set. */
export const MNIST_ID = 'mnist';

export const DATASETS = 'datasets';
export const datasetFolder = (id: string): string => `${DATASETS}/${id}`;
export const rowsKey = (id: string): string => `${DATASETS}/${id}/rows.bin`;
export const datasetKey = (id: string): string => `${DATASETS}/${id}/dataset.json`;

const ID = new RegExp(formatIdPattern('ds'));
export const isDatasetId = (id: string): boolean => ID.test(id);

/** A data set exists once its dataset.json, which is written last, does. Null if there is none. Errors: blob_corrupt. */
export async function readDataset(driver: StoreDriver, id: string): Promise<DatasetRecord | null> {
  const key = datasetKey(id);
  const record = await readRecord(driver, key, datasetFormat);
  if (record === null || isConsistent(record, id)) return record;
  throw AppError.of('blob_corrupt', { key, detail: 'its sizes or its id do not agree' });
}

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
