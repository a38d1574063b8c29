import { AppError } from '../../errors.ts';
import { summarizeTestRows } from '../../model/dataset.ts';
import { datasetKey, rowsKey, sourceKey } from '../dataset-files.ts';
import type { DatasetUpload } from '../datasets.ts';
import type { StoreDriver } from '../driver.ts';
import { openUpload, type OpenUpload } from '../formats/upload.ts';
import { BYTES_PER_VALUE, datasetFormat, type DatasetRecord } from '../records/dataset-record.ts';
import { encodeRecord } from '../records/record-blob.ts';
import { measureStoredRows, measureValues, toBytes, type ValueMeasures } from '../value-measures.ts';
import type { IngestOrder } from './order.ts';
import { createSettingProblem } from './settings.ts';
import { readBlob } from './source.ts';

/** Makes a data set from its stored source; see {@link Ingest}. */
export async function ingest(driver: StoreDriver, { id, upload, limits }: IngestOrder): Promise<void> {
  const stream = await openUpload(readBlob(driver, sourceKey(id)), upload.format, limits, upload.header);
  const all = (upload.testRows ?? 0) === 0 ? measureValues(stream, upload.scale ?? 1) : null;
  const written = await driver.write(rowsKey(id), toBytes(stream.pieces, all));
  const rows = countStoredRows(written.bytes, stream, upload);
  const parts = all ? { others: all, test: null } : await measureParts(driver, { id, stream, upload, rows });
  const record = describeDataset({ id, stream, upload, rows }, parts, written);
  await driver.write(datasetKey(id), encodeRecord(datasetFormat, record));
}

interface Written {
  readonly id: string;
  readonly stream: OpenUpload;
  readonly upload: DatasetUpload;
  readonly rows: number;
}

/** Test rows are the last ones, so where they begin is known only when all rows have arrived. */
interface Parts {
  readonly others: ValueMeasures;
  readonly test: ValueMeasures | null;
}

async function measureParts(driver: StoreDriver, { id, stream, upload, rows }: Written): Promise<Parts> {
  const { testRows = 0, scale = 1 } = upload;
  const measure = (range: readonly [number, number]) => measureStoredRows(driver, id, stream, scale, range);
  return { others: await measure([0, rows - testRows]), test: await measure([rows - testRows, rows]) };
}

function countStoredRows(
  bytes: number,
  { dataSize, dtype }: OpenUpload,
  { testRows = 0 }: DatasetUpload,
): number {
  const rows = bytes / (dataSize * BYTES_PER_VALUE[dtype]);
  if (testRows >= rows)
    throw createSettingProblem('test_rows', `must be less than the ${rows} rows of the data`);
  return rows;
}

/** Scale and profile follow from the rows that are not test rows. Errors: data_invalid, validation_failed. */
function describeDataset(
  { id, stream, upload, rows }: Written,
  { others, test }: Parts,
  { sha256, bytes }: { sha256: string; bytes: number },
): DatasetRecord {
  const { format, rowShape, dataSize, dtype, table } = stream;
  if (others.minimum > others.maximum) {
    const where = test === null ? 'every row' : 'every row that is not a test row';
    throw AppError.of('data_invalid', { where, found: 'no value', allowed: 'one at least' });
  }
  const scale = upload.scale ?? (dtype === 'uint8' && others.maximum > 1 ? 1 / 255 : 1);
  const names = { names: table?.names ?? null, labels: table?.labels() ?? [] };
  if (scale !== 1 && names.labels.some((words) => words !== null)) {
    throw createSettingProblem('scale', 'must be 1 for a table with words');
  }
  return {
    id,
    name: upload.name,
    created_at: new Date().toISOString(),
    format,
    rows,
    test_rows: upload.testRows ?? 0,
    row_shape: [...rowShape],
    data_size: dataSize,
    dtype,
    scale,
    ...findRange([others, ...(test ? [test] : [])], scale),
    sha256,
    bytes,
    header: table?.header ?? null,
    table: null,
    derived_from: null,
    source: null,
    profile: others.profile(scale, names),
    test_profile: test && summarizeTestRows(test.profile(scale, names)),
  };
}

function findRange(parts: readonly ValueMeasures[], scale: number): { minimum: number; maximum: number } {
  const low = Math.min(...parts.map(({ minimum }) => minimum));
  const high = Math.max(...parts.map(({ maximum }) => maximum));
  if (![low * scale, high * scale].every((value) => Number.isFinite(Math.fround(value)))) {
    throw createSettingProblem('scale', `makes values of ${low} to ${high} overflow`);
  }
  return { minimum: low * scale, maximum: high * scale };
}
