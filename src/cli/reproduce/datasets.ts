import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Dataset } from '../../api/datasets/schemas.ts';
import { countRows } from '../../model/dataset.ts';
import { openStore } from '../../store/store.ts';
import { UsageError, type DataName, type Options } from './options.ts';
import { TEST_FRACTION, type Rows } from './protocol.ts';
import type { Session } from './session.ts';

/** The paper's numbers for Frey Face fit value / 256 and not value / 255. */
const FREY_SCALE = 1 / 256;

export const DATASETS: { readonly [Data in DataName]: (session: Session) => Promise<Rows> } = {
  MNIST: async ({ client }) => {
    const { id, rows, test_rows: testRows } = await client.getJson<Dataset>('/datasets/mnist');
    const description = 'grey pixels, value / 255; all 60,000 training images, all 10,000 test images';
    return { datasetId: id, trainRows: rows - testRows, description };
  },
  Frey: async (session) => {
    const { id, rows } = await freyFaces(session, session.options);
    const trainRows = countRows(
      { rows, test_rows: 0 },
      { validation_fraction: TEST_FRACTION },
      'separate',
    ).train;
    const split = `${rows - trainRows} rows drawn by the seed from all of the video are test rows`;
    return { datasetId: id, trainRows, description: `value / 256; ${trainRows} training rows, ${split}` };
  },
};

async function freyFaces(session: Session, { frey }: Options): Promise<Dataset> {
  const path = frey ?? '';
  const file = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`--frey: ${path} cannot be read.`, { cause });
  });
  const asked = { path, bytes: file.size, scale: FREY_SCALE };
  return upload(session, 'Frey Face', asked, () => createReadStream(path));
}

const MNIST = { rows: 60_000, size: 784, header: [0x803, 28, 28] } as const;

/** Every epoch scores the test rows of its data set: where epochs are short, few of them. */
const WATCHED_ROWS = 100;

/** The first training images of MNIST as a data set of their own; its models are evaluated on the test rows of `mnist`. */
export async function mnistFirst(session: Session, trainRows: number): Promise<Rows> {
  const testRows = WATCHED_ROWS;
  const asked = { scale: 1 / 255, train_rows: trainRows, test_rows: testRows };
  const name = `MNIST, ${trainRows} and ${testRows} images`;
  const { id } = await upload(session, name, asked, () =>
    Readable.from(mnistIdx(session.options, trainRows, testRows)),
  );
  const description = `grey pixels, value / 255; the first ${trainRows} training images of MNIST; the first 1000 of them and the first 1000 test images are evaluated`;
  return { datasetId: id, trainRows, description };
}

/** An IDX file, from the images that the package ships. */
async function* mnistIdx({ output }: Options, trainRows: number, testRows: number): AsyncGenerator<Buffer> {
  const limits = { maxUploadBytes: 2 ** 30, maxDatasetBytes: 2 ** 30 };
  const reader = await openStore({ dataDir: join(output, 'data'), ...limits }).datasets.openRows('mnist');
  try {
    const numbers = [
      ...Array(trainRows).keys(),
      ...Array.from({ length: testRows }, (_, i) => MNIST.rows + i),
    ];
    const [magic, height, width] = MNIST.header;
    const header = Buffer.alloc(16);
    [magic, numbers.length, height, width].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
    yield header;
    const images = new Uint8Array(numbers.length * MNIST.size);
    await reader.readRows(numbers, images);
    yield Buffer.from(images.buffer);
  } finally {
    await reader.close();
  }
}

/** A data set of the service, uploaded where it was not already under this name. */
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
