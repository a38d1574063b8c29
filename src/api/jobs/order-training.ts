import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '../../errors.ts';
import { createId } from '../../ids.ts';
import { isTable, planTraining, type TrainingPlan } from '../../model/dataset.ts';
import { PAYLOAD_VERSIONS, type TrainPayload } from '../../queue/jobs.ts';
import type { JobView } from '../../queue/queues.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import type { ModelRecord } from '../../store/models.ts';
import type { TrainRequest } from './schemas.ts';
import type { ApiOptions } from '../types.ts';
import { createRefusal } from './problems.ts';

/** Writes the model before it enqueues the training, so that the job always finds its model. */
export async function orderTraining(
  api: ApiOptions,
  request: TrainRequest,
  log: FastifyBaseLogger,
): Promise<JobView> {
  const dataset = await api.store.datasets.get(request.dataset_id);
  const { model, training, warnings } = plan(request, dataset);
  const jobId = createId('job');
  const record: ModelRecord = {
    id: createId('model'),
    name: request.name ?? dataset.name,
    created_at: new Date().toISOString(),
    job_id: jobId,
    dataset_id: dataset.id,
    data_size: dataset.data_size,
    row_shape: dataset.row_shape,
    table: dataset.table,
    model,
    training,
    split: 'separate',
    comparison: null,
    default_checkpoint: request.default_checkpoint ?? (isTable(dataset) ? 'best' : 'latest'),
  };
  await api.store.models.create(record);
  const payload: TrainPayload = {
    version: PAYLOAD_VERSIONS.train,
    modelId: record.id,
    datasetId: dataset.id,
    model,
    training,
    split: 'separate',
    warnings,
  };
  return enqueueOrForget(api, jobId, payload, log);
}

/** Errors: validation_failed. */
function plan(request: TrainRequest, dataset: DatasetRecord): TrainingPlan & { readonly warnings: string[] } {
  const outcome = planTraining(request, dataset);
  if ('plan' in outcome) return { ...outcome.plan, warnings: outcome.warnings };
  if ('problems' in outcome) throw createRefusal('The job', outcome.problems);
  const detail = `this field is required: ${outcome.unproposed.join(' ')}`;
  const problems = [{ pointer: '/model/likelihood', detail }];
  throw AppError.of('validation_failed', { what: 'The job' }, { problems });
}

/** If enqueuing fails, the model is removed. */
async function enqueueOrForget(
  api: ApiOptions,
  jobId: string,
  payload: TrainPayload,
  log: FastifyBaseLogger,
): Promise<JobView> {
  try {
    return await api.producer.enqueue('train', jobId, payload);
  } catch (error) {
    await api.store.models.remove(payload.modelId).catch((failure: unknown) => {
      log.error({ err: failure, model: payload.modelId }, 'a model whose job was not enqueued stays behind');
    });
    throw error;
  }
}
