import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Dataset } from '../../api/datasets/schemas.ts';
import { splitRows } from '../../model/dataset.ts';
import { openArray } from '../../store/formats/open-file.ts';
import { openStore } from '../../store/store.ts';
import { UsageError } from '../usage-error.ts';
import type { DataName, Options } from './options.ts';
import type { TrainingRows } from './protocol.ts';
import type { Session } from './session.ts';

/** The paper's numbers for Frey Face fit value / 256, not value / 255. */
const FREY_SCALE = 1 / 256;
/** The paper does not say how Frey Face was split. Here test rows are drawn from the whole video. */
const FREY_TEST_FRACTION = 0.1;
const LIMITS = { maxUploadBytes: 2 ** 30, maxDatasetBytes: 2 ** 30 };

export const PAPER_DATASETS: { readonly [Data in DataName]: (session: Session) => Promise<TrainingRows> } = {
  MNIST: async ({ client }) => {
    const { id, rows, test_rows: testRows } = await client.getJson<Dataset>('/datasets/mnist');
    const description = 'grey pixels, value / 255; all 60,000 training images, all 10,000 test images';
    return { datasetId: id, trainRows: rows - testRows, testRows, description };
  },
  Frey: async (session) => {
    const { id, rows, test_rows: testRows } = await uploadFreyFaces(session, session.options);
    const trainRows = rows - testRows;
    const split = `${testRows} test rows drawn by the seed from the whole video`;
    const description = `value / 256; ${trainRows} training rows, ${split}`;
    return { datasetId: id, trainRows, testRows, description };
  },
};

async function uploadFreyFaces(session: Session, { frey, seed }: Options): Promise<Dataset> {
  const path = frey ?? '';
  const file = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`--frey: cannot read ${path}.`, { cause });
  });
  const images = await readImages(path);
  const [rows, fraction] = [images.values.length / images.size, FREY_TEST_FRACTION];
  const setting = { validation_fraction: fraction, seed };
  const { train, validation: test } = splitRows({ rows, test_rows: 0 }, setting, 'separate');
  const asked = { path, bytes: file.size, scale: FREY_SCALE, test_rows: test.length, seed };
  return upload(session, 'Frey Face', asked, () => Readable.from(encodeIdx(images, [...train, ...test])));
}

interface Images {
  readonly height: number;
  readonly width: number;
  readonly size: number;
  readonly values: Uint8Array;
}

/** Errors: UsageError if it is not an IDX file of grey images. */
async function readImages(path: string): Promise<Images> {
  const {
    rowShape,
    dtype,
    dataSize: size,
    pieces,
  } = await openArray(createReadStream(path), { format: 'idx', limits: LIMITS });
  const [height, width] = rowShape;
  if (dtype !== 'uint8' || height === undefined || width === undefined || rowShape.length !== 2) {
    throw new UsageError(`--frey: ${path} does not contain images of bytes.`);
  }
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(Uint8Array.from(piece));
  return { height, width, size, values: Buffer.concat(parts) };
}

/** Writes images in the given order as an IDX file. */
function* encodeIdx(
  { height, width, size, values }: Images,
  order: readonly number[],
): Generator<Uint8Array> {
  const header = Buffer.alloc(16);
  [0x803, order.length, height, width].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
  yield header;
  for (const row of order) yield values.subarray(row * size, (row + 1) * size);
}

/** Uploads the first training images of MNIST as a data set. Its models are evaluated on the test rows of `mnist`. */
export async function uploadFirstImages(session: Session, trainRows: number): Promise<TrainingRows> {
  const asked = { scale: 1 / 255, train_rows: trainRows };
  const { id } = await upload(session, `MNIST, ${trainRows} images`, asked, () =>
    Readable.from(readFirstImages(session.options, trainRows)),
  );
  const description = `grey pixels, value / 255; the first ${trainRows} training images of MNIST; the first 1000 of them and the first 1000 test images are evaluated`;
  return { datasetId: id, trainRows, testRows: 0, description };
}

/** Reads the package's MNIST images as an IDX file. */
async function* readFirstImages({ output }: Options, count: number): AsyncGenerator<Uint8Array> {
  const store = openStore({ dataDir: join(output, 'data'), ...LIMITS });
  const reader = await store.datasets.openRows('mnist');
  try {
    const [height, width, size] = [28, 28, reader.record.data_size];
    const order = [...Array(count).keys()];
    const values = new Uint8Array(count * size);
    await reader.readRows(order, values);
    yield* encodeIdx({ height, width, size, values }, order);
  } finally {
    await reader.close();
  }
}

/** Uploads a data set, or finds the one already uploaded under this name. */
export async function upload(
  { state, client }: Session,
  name: string,
  asked: { readonly scale: number; readonly test_rows?: number } & object,
  source: () => Readable,
): Promise<Dataset> {
  const known = state.find(name, asked);
  if (known) return client.getJson<Dataset>(`/datasets/${known.id}`);
  const testRows = asked.test_rows === undefined ? '' : `&test_rows=${asked.test_rows}`;
  const path = `/datasets?name=${encodeURIComponent(name)}&format=idx&scale=${asked.scale}${testRows}`;
  const dataset = await client.upload<Dataset>(path, source(), 'application/octet-stream');
  await state.keep(name, { asked, id: dataset.id });
  return dataset;
}
