import { AppError } from '../../errors.ts';
import { JOB_STATES } from '../../queue/jobs.ts';
import type { JobView } from '../../queue/queues.ts';
import { MNIST_ID } from '../../store/dataset-files.ts';
import { BUSY } from '../models/models.ts';
import type { ApiOptions } from '../types.ts';

/** Jobs that are read at once. */
const PAGE = 100;

/**
 * Models that were trained on it stay: they have a copy of its table. A data set with a damaged dataset.json can be deleted too.
 * Errors: dataset_not_found, id_invalid, dataset_built_in; dataset_in_use while a job may still read it.
 */
export async function deleteDataset(api: ApiOptions, id: string): Promise<void> {
  if (id === MNIST_ID) throw AppError.of('dataset_built_in', { id });
  for await (const job of listBusyJobs(api)) await checkJob(api, job, id);
  await api.store.datasets.remove(id);
}

async function* listBusyJobs({ producer }: ApiOptions): AsyncGenerator<JobView> {
  for (const state of JOB_STATES.filter((one) => BUSY[one])) {
    let [after, more]: [string | undefined, boolean] = [undefined, true];
    while (more) {
      const page = { limit: PAGE, state, ...(after !== undefined && { after }) };
      const { jobs, hasMore } = await producer.list(page);
      yield* jobs;
      [after, more] = [jobs.at(-1)?.id, hasMore];
    }
  }
}

/** A job reads its own data set and, for what it compares with, that of its model. Errors: dataset_in_use. */
async function checkJob(api: ApiOptions, { id: job, payload }: JobView, id: string): Promise<void> {
  if (payload.datasetId === id) throw AppError.of('dataset_in_use', { id, job, use: 'itself' });
  const trainedOn = await findTrainingData(api, payload.modelId);
  if (trainedOn === id) throw AppError.of('dataset_in_use', { id, job, use: 'model' });
}

/** null if the model is gone or damaged: its job then fails, whatever it wants to read. */
async function findTrainingData(api: ApiOptions, modelId: string): Promise<string | null> {
  try {
    return (await api.store.models.get(modelId)).dataset_id;
  } catch (error) {
    if (error instanceof AppError && (error.kind === 'not_found' || error.kind === 'damaged')) return null;
    throw error;
  }
}
