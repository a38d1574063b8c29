import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { DatasetDetails } from '../../api/datasets/schemas.ts';
import type { TrainJob } from '../../api/jobs/schemas.ts';
import { CallFailed, JobFailed } from '../client.ts';
import { formatCount } from '../format.ts';
import type { TrySession } from './session.ts';

/** Uploads the file, unless a run before has done so. Errors: CallFailed with everything that is wrong with the file. */
export async function uploadOnce(session: TrySession): Promise<DatasetDetails> {
  const { client, state, options, say } = session;
  const { file, name, roles, encoding } = options;
  const asked = { sha256: await hashFile(file), roles, encoding };
  const known = state.find('upload', asked);
  if (known !== null) {
    const dataset = await findAgain(client.getJson<DatasetDetails>(`/datasets/${known.id}`));
    if (dataset !== null) {
      say(`${file} was uploaded before, as ${dataset.id}.`);
      return dataset;
    }
  }
  const { size } = await stat(file);
  say(`Uploading ${file} (${formatBytes(size)}) ...`);
  const query = new URLSearchParams({
    name,
    columns: JSON.stringify(roles),
    ...(encoding === null ? {} : { encoding }),
  });
  const dataset = await client.upload<DatasetDetails>(
    `/datasets?${query.toString()}`,
    createReadStream(file),
    'application/octet-stream',
  );
  await state.keep('upload', { asked, id: dataset.id });
  return dataset;
}

/** Trains on the data set with the defaults of the service, unless a run before has begun to: then it waits for that. */
export async function trainTableOnce(session: TrySession, datasetId: string): Promise<TrainJob> {
  const { client, state, display, say } = session;
  const asked = { dataset_id: datasetId };
  const known = state.find('training', asked);
  const before = known && (await findAgain(client.getJson<TrainJob>(`/jobs/${known.id}`)));
  const { id } = before ?? (await client.postJson<TrainJob>('/jobs', asked));
  await state.keep('training', { asked, id });
  if (before === null) say(`Training with POST /jobs ${JSON.stringify(asked)} ...`);
  else say(before.state === 'succeeded' ? 'The model was trained before.' : 'Continuing the training.');
  try {
    return await client.waitForJob<TrainJob>(id, (job) => {
      if (before?.state !== 'succeeded') display.show('', job);
    });
  } catch (error) {
    // The next run orders it again.
    if (error instanceof JobFailed) await state.forget('training');
    throw error;
  } finally {
    display.clear();
  }
}

/** Null if the service no longer has it. */
async function findAgain<Found>(call: Promise<Found>): Promise<Found | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CallFailed && error.refusal?.status === 404) return null;
    throw error;
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${formatCount(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
