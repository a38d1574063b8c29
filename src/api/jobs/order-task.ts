import { createId } from '../../ids.ts';
import { isTable, taskProblems } from '../../model/dataset.ts';
import { SCORE_DRAWS, type Task } from '../../model/specification.ts';
import { PAYLOAD_VERSIONS, type ApplyPayload } from '../../queue/jobs.ts';
import type { JobView } from '../../queue/queues.ts';
import type { DatasetRecord } from '../../store/datasets.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import type { ApiOptions } from '../types.ts';
import { checkCheckpoint } from './check-checkpoint.ts';
import { createRefusal } from './problems.ts';
import type { TaskRequest } from './task-schemas.ts';

/**
 * Enqueues a job over all rows of a data set, or one that draws rows. Errors: model_not_found, dataset_not_found, model_not_ready,
 * checkpoint_not_found, validation_failed.
 */
export async function orderTask(api: ApiOptions, request: TaskRequest): Promise<JobView> {
  const { model_id: modelId, format } = request;
  const model = await api.store.models.get(modelId);
  const checkpoint = chooseCheckpoint(model, request);
  const datasetId = ('dataset_id' in request ? request.dataset_id : undefined) ?? model.dataset_id;
  const dataset = request.type === 'sample' ? null : await api.store.datasets.get(datasetId);
  const datasetName = request.type === 'encode' ? (request.dataset_name ?? null) : null;
  const task = toTask(request, dataset);
  const wanted = datasetName === null ? format : 'csv';
  const order = { task, model, dataset, onlyLatents: datasetName !== null };
  const problems = taskProblems(order, wanted);
  if (problems.length > 0) throw createRefusal('The job', problems);
  await checkCheckpoint(api, modelId, checkpoint);
  const payload: ApplyPayload = {
    version: PAYLOAD_VERSIONS.apply,
    modelId,
    checkpoint,
    datasetId,
    task,
    format: wanted,
    datasetName,
  };
  return api.producer.enqueue('apply', createId('job'), payload);
}

function toTask(request: TaskRequest, dataset: DatasetRecord | null): Task {
  switch (request.type) {
    case 'score':
      return {
        type: 'score',
        withData: isWithData(request, dataset),
        alarmRate: request.alarm_rate,
        byColumn: request.by_column,
      };
    case 'encode': {
      const onlyLatents = request.dataset_name !== undefined;
      return { type: 'encode', withData: !onlyLatents && isWithData(request, dataset) };
    }
    case 'impute': {
      const { samples, seed, intervals } = request;
      return { type: 'impute', rounds: samples / SCORE_DRAWS, seed, intervals };
    }
    case 'sample':
      return { type: 'sample', count: request.count, seed: request.seed };
  }
}

const isWithData = (
  { with_data: asked, format }: { with_data?: boolean; format: TaskRequest['format'] },
  dataset: DatasetRecord | null,
): boolean => asked ?? (format !== 'npy' && dataset !== null && isTable(dataset));
