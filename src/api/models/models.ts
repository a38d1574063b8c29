import { AppError } from '../../errors.ts';
import { warnOfComparison } from '../../model/specification.ts';
import type { JobState } from '../../queue/jobs.ts';
import type { ModelRecord } from '../../store/models.ts';
import { toPage, type PageQuery } from '../http/schemas.ts';
import type { Metrics, MetricsQuery, Model, ModelDetails } from './schemas.ts';
import type { ApiOptions } from '../types.ts';

/** Whether a job in this state may still read and write. */
export const BUSY: Record<JobState, boolean> = {
  queued: true,
  running: true,
  succeeded: false,
  failed: false,
  cancelled: false,
};

export async function listModels(
  api: ApiOptions,
  query: PageQuery,
): Promise<{ data: Model[]; has_more: boolean }> {
  const { records, hasMore } = await api.store.models.list(toPage(query));
  return { data: records, has_more: hasMore };
}

/** Errors: model_not_found, id_invalid. */
export async function getModel(api: ApiOptions, id: string): Promise<ModelDetails> {
  const record = await api.store.models.get(id);
  const [checkpoints, job] = await Promise.all([
    api.store.models.listCheckpoints(id),
    api.producer.get(record.job_id),
  ]);
  const elbos = checkpoints.map((checkpoint) => checkpoint.validation_elbo);
  const known = elbos.filter((elbo) => elbo !== null);
  return {
    ...record,
    checkpoints: checkpoints.map(({ seed, files, ...checkpoint }) => checkpoint),
    latest_validation_elbo: elbos.at(-1) ?? null,
    best_validation_elbo: known.length > 0 ? Math.max(...known) : null,
    job_state: job?.state ?? null,
    warnings: warnOfComparison(record.comparison),
  };
}

/** Errors: model_not_found, id_invalid. */
export async function getMetrics(api: ApiOptions, id: string, query: MetricsQuery): Promise<Metrics> {
  await api.store.models.get(id);
  const { limit, every, after } = query;
  const page = { limit, every, ...(after === undefined ? {} : { after }) };
  const { lines, hasMore } = await api.store.models.listMetrics(id, page);
  return { data: lines, has_more: hasMore };
}

/**
 * Errors: model_not_found, id_invalid, model_in_use while its job may still write to it. A model with a damaged model.json can
 * always be deleted, because its job is unknown: if that job still runs, its next write fails.
 */
export async function deleteModel(api: ApiOptions, id: string): Promise<void> {
  const record = await skipDamaged(api.store.models.get(id));
  const job = record === null ? null : await api.producer.get(record.job_id);
  if (job !== null && BUSY[job.state]) throw AppError.of('model_in_use', { id, job: job.id });
  await api.store.models.remove(id);
}

async function skipDamaged(reading: Promise<ModelRecord>): Promise<ModelRecord | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError && error.kind === 'damaged') return null;
    throw error;
  }
}
