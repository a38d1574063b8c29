import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '../../errors.ts';
import { idPattern, newId } from '../../ids.ts';
import { PAYLOAD_VERSION, type TrainPayload, type TrainProgress } from '../../queue/jobs.ts';
import type { TrainJobView } from '../../queue/queues.ts';
import type { ModelRecord } from '../../store/models.ts';
import { pageOf } from '../schemas/common.ts';
import type { Job, JobRequest, JobsQuery } from '../schemas/jobs.ts';
import type { ApiOptions } from '../types.ts';
import { planJob } from './job-plan.ts';

const JOB_ID = new RegExp(idPattern('job'));

/** Writes the model, then enqueues its training: a job that is picked up always finds its model. */
export async function postJob(api: ApiOptions, request: JobRequest, log: FastifyBaseLogger): Promise<Job> {
  const dataset = await api.store.datasets.get(request.dataset_id);
  const { model, training, warnings } = planJob(request, dataset);
  const jobId = newId('job');
  const record: ModelRecord = {
    id: newId('model'),
    name: request.name ?? dataset.name,
    created_at: new Date().toISOString(),
    job_id: jobId,
    dataset_id: dataset.id,
    data_size: dataset.data_size,
    row_shape: dataset.row_shape,
    model,
    training,
  };
  await api.store.models.create(record);
  const payload: TrainPayload = {
    version: PAYLOAD_VERSION,
    modelId: record.id,
    datasetId: dataset.id,
    model,
    training,
    warnings,
  };
  return presentJob(await enqueueOrForget(api, jobId, payload, log));
}

/** Where enqueueing fails no model stays behind. */
async function enqueueOrForget(
  api: ApiOptions,
  jobId: string,
  payload: TrainPayload,
  log: FastifyBaseLogger,
): Promise<TrainJobView> {
  try {
    return await api.producer.enqueueTraining(jobId, payload);
  } catch (error) {
    await api.store.models.remove(payload.modelId).catch((failure: unknown) => {
      log.error({ err: failure, model: payload.modelId }, 'a model whose job was not enqueued stays behind');
    });
    throw error;
  }
}

/** Errors: job_not_found, id_invalid. */
export async function getJob(api: ApiOptions, id: string): Promise<Job> {
  const view = await api.producer.getTraining(checkedId(id));
  if (view === null) throw AppError.of('job_not_found', { id });
  return presentJob(view);
}

export async function listJobs(
  api: ApiOptions,
  query: JobsQuery,
): Promise<{ data: Job[]; has_more: boolean }> {
  const filter = query.state === undefined ? {} : { state: query.state };
  const { jobs, hasMore } = await api.producer.listTraining({ ...pageOf(query), ...filter });
  return { data: jobs.map(presentJob), has_more: hasMore };
}

/** Errors: job_not_found, job_finished, id_invalid. */
export async function cancelJob(api: ApiOptions, id: string): Promise<Job> {
  return presentJob(await api.producer.cancelTraining(checkedId(id)));
}

function checkedId(id: string): string {
  if (!JOB_ID.test(id)) throw AppError.of('id_invalid', { id: JSON.stringify(id) });
  return id;
}

export function presentJob(view: TrainJobView): Job {
  return {
    id: view.id,
    type: 'train',
    state: view.state,
    model_id: view.payload.modelId,
    dataset_id: view.payload.datasetId,
    created_at: new Date(view.createdAt).toISOString(),
    started_at: presentTime(view.startedAt),
    finished_at: presentTime(view.finishedAt),
    attempts: view.attempts,
    progress: view.progress === null ? null : presentProgress(view.progress),
    result: view.result === null ? null : presentResult(view.result),
    error: view.error === null ? null : presentFailure(view.error),
    warnings: view.payload.warnings ?? [],
  };
}

function presentTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function presentProgress(progress: TrainProgress): NonNullable<Job['progress']> {
  return {
    step: progress.step,
    total_steps: progress.totalSteps,
    epoch: progress.epoch,
    epochs: progress.epochs,
    rows_per_second: progress.rowsPerSecond,
    train_elbo: progress.trainElbo,
    validation_elbo: progress.validationElbo,
    seconds_left: progress.secondsLeft,
    runtime: progress.runtime,
    pid: progress.pid,
  };
}

function presentResult(result: NonNullable<TrainJobView['result']>): NonNullable<Job['result']> {
  return { outcome: result.outcome, step: result.step, validation_elbo: result.validationElbo };
}

function presentFailure(error: NonNullable<TrainJobView['error']>): NonNullable<Job['error']> {
  const problems = error.problems.map(({ pointer, detail }) => ({ pointer, detail }));
  return { code: error.code, message: error.message, problems };
}
