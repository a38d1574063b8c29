import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Dataset } from '../../api/schemas/datasets.ts';
import { trainingRowCount } from '../../model/training/split.ts';
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
    const trainRows = trainingRowCount(rows, 0, TEST_FRACTION);
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

/** A data set of the service, uploaded where it was not already under this name. */
export async function upload(
  { state, client }: Session,
  name: string,
  asked: { readonly scale: number; readonly test_rows?: number },
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
