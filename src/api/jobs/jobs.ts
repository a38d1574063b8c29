import { AppError } from '../../errors.ts';
import { formatIdPattern } from '../../ids.ts';
import { toPage } from '../http/schemas.ts';
import type { Job, JobsQuery } from './schemas.ts';
import type { ApiOptions } from '../types.ts';
import { presentJob } from './presentation.ts';

const JOB_ID = new RegExp(formatIdPattern('job'));

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
  const filter = { ...(state === undefined ? {} : { state }), ...(type === undefined ? {} : { type }) };
  const { jobs, hasMore } = await api.producer.list({ ...toPage(query), ...filter });
  return { data: jobs.map(presentJob), has_more: hasMore };
}

/** Errors: job_not_found, job_finished, id_invalid. */
export async function cancelJob(api: ApiOptions, id: string): Promise<Job> {
  return presentJob(await api.producer.cancel(requireJobId(id)));
}

export function requireJobId(id: string): string {
  if (!JOB_ID.test(id)) throw AppError.of('id_invalid', { id: JSON.stringify(id) });
  return id;
}
