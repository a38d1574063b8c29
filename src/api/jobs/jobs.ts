import type { FastifyBaseLogger } from 'fastify';
import { AppError } from '../../errors.ts';
import { formatIdPattern } from '../../ids.ts';
import type { TrackedName } from '../../queue/jobs.ts';
import type { JobView } from '../../queue/queues.ts';
import { pageOf } from '../http/schemas.ts';
import type { Job, JobRequest, JobsQuery } from './schemas.ts';
import type { ApiOptions } from '../types.ts';
import { orderEvaluation } from './order-evaluation.ts';
import { presentJob } from './presentation.ts';
import { orderTraining } from './order-training.ts';

const JOB_ID = new RegExp(formatIdPattern('job'));

type Orders = {
  readonly [Name in TrackedName]: (
    api: ApiOptions,
    request: Extract<JobRequest, { type: Name }>,
    log: FastifyBaseLogger,
  ) => Promise<JobView>;
};

const ORDERS: Orders = { train: orderTraining, evaluate: orderEvaluation };

export async function postJob(api: ApiOptions, request: JobRequest, log: FastifyBaseLogger): Promise<Job> {
  const order = ORDERS[request.type];
  return presentJob(await order(api, request as never, log));
}

/** Errors: job_not_found, id_invalid. */
export async function getJob(api: ApiOptions, id: string): Promise<Job> {
  const view = await api.producer.get(requireJobId(id));
  if (view === null) throw AppError.of('job_not_found', { id });
  return presentJob(view);
}

export async function listJobs(
  api: ApiOptions,
  query: JobsQuery,
): Promise<{ data: Job[]; has_more: boolean }> {
  const { state, type } = query;
  const filter = { ...(state === undefined ? {} : { state }), ...(type === undefined ? {} : { name: type }) };
  const { jobs, hasMore } = await api.producer.list({ ...pageOf(query), ...filter });
  return { data: jobs.map(presentJob), has_more: hasMore };
}

/** Errors: job_not_found, job_finished, id_invalid. */
export async function cancelJob(api: ApiOptions, id: string): Promise<Job> {
  return presentJob(await api.producer.cancel(requireJobId(id)));
}

function requireJobId(id: string): string {
  if (!JOB_ID.test(id)) throw AppError.of('id_invalid', { id: JSON.stringify(id) });
  return id;
}
