import { createId } from '../../ids.ts';
import { evaluationProblems } from '../../model/dataset.ts';
import type { EvaluationSpec } from '../../model/specification.ts';
import { PAYLOAD_VERSIONS, type EvaluatePayload } from '../../queue/jobs.ts';
import type { JobView } from '../../queue/queues.ts';
import type { EvaluateRequest } from './schemas.ts';
import { chooseCheckpoint } from '../models/checkpoint.ts';
import type { ApiOptions } from '../types.ts';
import { checkCheckpoint } from './check-checkpoint.ts';
import { createRefusal } from './problems.ts';

/**
 * Enqueues an evaluation of a model that has a checkpoint. Errors: model_not_found, dataset_not_found, model_not_ready,
 * checkpoint_not_found, validation_failed.
 */
export async function orderEvaluation(api: ApiOptions, request: EvaluateRequest): Promise<JobView> {
  const { model_id: modelId } = request;
  const evaluation = toSpecification(request);
  const record = await api.store.models.get(modelId);
  const checkpoint = chooseCheckpoint(record, request);
  const dataset = await api.store.datasets.get(request.dataset_id ?? record.dataset_id);
  const problems = evaluationProblems(evaluation, record, dataset);
  if (problems.length > 0) throw createRefusal('The evaluation', problems);
  await checkCheckpoint(api, modelId, checkpoint);
  const payload: EvaluatePayload = {
    version: PAYLOAD_VERSIONS.evaluate,
    modelId,
    checkpoint,
    datasetId: dataset.id,
    evaluation,
  };
  return api.producer.enqueue('evaluate', createId('job'), payload);
}

function toSpecification({ rows, limit, binarization, seed, measures }: EvaluateRequest): EvaluationSpec {
  return {
    rows,
    ...(limit !== undefined && { limit }),
    ...(binarization !== undefined && { binarization }),
    seed,
    measures,
  };
}
