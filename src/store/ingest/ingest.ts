import { AppError } from '../../errors.ts';
import { summarizeTestRows } from '../../model/dataset.ts';
import { datasetKey, rowsKey, sourceKey } from '../dataset-files.ts';
import type { DatasetUpload } from '../datasets.ts';
import type { StoreDriver } from '../driver.ts';
import { limitBytes, type UploadLimits } from '../formats/limits.ts';
import { BYTES_PER_VALUE, datasetFormat, type DatasetRecord } from '../records/dataset-record.ts';
import { encodeRecord } from '../records/record-blob.ts';
import { measureStoredRows, measureValues, toBytes, type ValueMeasures } from '../value-measures.ts';
import type { IngestOrder } from './order.ts';
import { openRows } from './open-rows.ts';
import type { IngestRows } from './rows.ts';
import { createSettingProblem, refuseTestRows } from './settings.ts';

/** Makes a data set from its stored source; see {@link Ingest}. */
export async function ingest(driver: StoreDriver, order: IngestOrder): Promise<void> {
  const { id, upload } = order;
  const source = await driver.open(sourceKey(id));
  try {
    const rows = await openRows(driver, order, source);
    try {
      const stored = await storeRows(driver, { id, rows, upload }, order.limits);
      const record = describeDataset(order, stored);
      if (record.table === null) await driver.remove(sourceKey(id));
      await driver.write(datasetKey(id), encodeRecord(datasetFormat, record));
    } finally {
      await rows.close();
    }
  } finally {
    await source.close();
  }
}

interface Written {
  readonly id: string;
  readonly rows: IngestRows;
  readonly upload: DatasetUpload;
}

/** Rows in the store and what they hold. Test rows are the last ones, so where they begin is known only when all have arrived. */
interface StoredRows {
  readonly rows: IngestRows;
  readonly count: number;
  readonly blob: { readonly sha256: string; readonly bytes: number };
  readonly others: ValueMeasures;
  readonly test: ValueMeasures | null;
}

async function storeRows(driver: StoreDriver, written: Written, limits: UploadLimits): Promise<StoredRows> {
  const { id, rows, upload } = written;
  const { testRows = 0, scale = 1 } = upload;
  const all = testRows === 0 ? measureValues(rows, scale) : null;
  const pieces = limitBytes(toBytes(rows.pieces, all), 'The data set', limits.maxDatasetBytes);
  const blob = await driver.write(rowsKey(id), pieces);
  const count = countStoredRows(blob.bytes, rows, upload);
  if (all) return { rows, count, blob, others: all, test: null };
  const measure = (range: readonly [number, number]) => measureStoredRows(driver, id, rows, scale, range);
  const others = await measure([0, count - testRows]);
  return { rows, count, blob, others, test: await measure([count - testRows, count]) };
}

function countStoredRows(
  bytes: number,
  { dataSize, dtype }: IngestRows,
  { testRows = 0 }: DatasetUpload,
): number {
  const rows = bytes / (dataSize * BYTES_PER_VALUE[dtype]);
  if (testRows >= rows) throw refuseTestRows(rows);
  return rows;
}

/** Scale and profile follow from the rows that are not test rows. Errors: data_invalid, validation_failed. */
function describeDataset({ id, upload, source }: IngestOrder, stored: StoredRows): DatasetRecord {
  const { rows, count, blob, others, test } = stored;
  const { format, header, rowShape, dataSize, dtype, table } = rows;
  if (others.minimum > others.maximum) {
    const where = test === null ? 'every row' : 'every row that is not a test row';
    throw AppError.of('data_invalid', { where, found: 'no value', allowed: 'one at least' });
  }
  const scale = upload.scale ?? (dtype === 'uint8' && others.maximum > 1 ? 1 / 255 : 1);
  return {
    id,
    name: upload.name,
    created_at: new Date().toISOString(),
    format,
    rows: count,
    test_rows: upload.testRows ?? 0,
    row_shape: [...rowShape],
    data_size: dataSize,
    dtype,
    scale,
    ...findRange([others, ...(test ? [test] : [])], scale),
    ...blob,
    header,
    table,
    derived_from: upload.derivedFrom ?? null,
    source: table && { ...source, encoding: upload.encoding ?? null, columns: { ...upload.columns } },
    profile: others.profile(scale),
    test_profile: test && summarizeTestRows(test.profile(scale)),
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
