import { AppError } from '../errors.ts';
import { formatIdPattern } from '../ids.ts';
import type { DatasetProfile, TestProfile } from '../model/dataset.ts';
import { listFeatures } from '../model/table.ts';
import type { StoreDriver } from './driver.ts';
import { BYTES_PER_VALUE, datasetFormat, type DatasetRecord } from './records/dataset-record.ts';
import { readRecord } from './records/record-blob.ts';

/** Id of the built-in data set. */
export const MNIST_ID = 'mnist';

export const DATASETS = 'datasets';
export const datasetFolder = (id: string): string => `${DATASETS}/${id}`;
export const rowsKey = (id: string): string => `${DATASETS}/${id}/rows.bin`;
/** The upload, byte for byte. */
export const sourceKey = (id: string): string => `${DATASETS}/${id}/source`;
/** Cells of id columns: a line of JSON for each row, and where each line ends, as float64. */
export const idsKey = (id: string): string => `${DATASETS}/${id}/ids.jsonl`;
export const idOffsetsKey = (id: string): string => `${DATASETS}/${id}/ids.offsets.bin`;
/** The class of each row, as int32. */
export const labelsKey = (id: string): string => `${DATASETS}/${id}/labels.bin`;
/** There while the data set is being made. */
export const claimKey = (id: string): string => `${DATASETS}/${id}/claim.json`;
export const datasetKey = (id: string): string => `${DATASETS}/${id}/dataset.json`;

const ID = new RegExp(formatIdPattern('ds'));
export const isDatasetId = (id: string): boolean => ID.test(id);

/** A data set exists once its dataset.json, which is written last, does. Null if there is none. Errors: blob_corrupt. */
export async function readDataset(driver: StoreDriver, id: string): Promise<DatasetRecord | null> {
  const key = datasetKey(id);
  const record = await readRecord(driver, key, datasetFormat);
  const field = record && findInconsistency(record, id);
  if (field === null) return record;
  throw AppError.of('blob_corrupt', {
    key,
    detail: `${field} does not agree with its other fields or its folder`,
  });
}

/** The pointer of the first field that does not agree with the others, or null. */
function findInconsistency(record: DatasetRecord, id: string): string | null {
  const dataSize = record.row_shape.reduce((size, axis) => size * axis, 1);
  const agreements = {
    '/id': record.id === id,
    '/data_size': record.data_size === dataSize,
    '/table': record.table === null || listFeatures(record.table).length === dataSize,
    '/profile': fitsRows(record.profile, dataSize),
    '/test_profile': fitsRows(record.test_profile, dataSize),
    '/test_rows': record.test_rows < record.rows,
    '/bytes': record.bytes === record.rows * dataSize * BYTES_PER_VALUE[record.dtype],
  };
  return Object.entries(agreements).find(([, agrees]) => !agrees)?.[0] ?? null;
}

function fitsRows(profile: DatasetProfile | TestProfile | null, dataSize: number): boolean {
  return profile === null || profile.columns.length === (profile.per_column ? dataSize : 1);
}
