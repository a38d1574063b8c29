import Type from 'typebox';
import { cancelJob, getJob, listJobs, postJob } from './jobs.ts';
import { ById, named, page } from '../http/schemas.ts';
import { EvaluateJob, JobRequest, JobsQuery, TrainJob } from './schemas.ts';
import type { ApiOptions, App } from '../types.ts';

const tags = ['jobs'];
const JobRef = Type.Union([named(TrainJob), named(EvaluateJob)]);

export function jobRoutes(app: App, api: ApiOptions): void {
  app.post(
    '/jobs',
    {
      config: { work: true, needs: ['store', 'space', 'queue', 'state'] },
      schema: {
        operationId: 'createJob',
        summary: 'Train or evaluate a model',
        description: 'Answers at once; Location is where to ask how the job is going.',
        tags,
        body: JobRequest,
        response: { 202: JobRef },
      },
    },
    async (request, reply) => {
      const job = await postJob(api, request.body, request.log);
      return reply.code(202).header('location', `/jobs/${job.id}`).send(job);
    },
  );

  app.get(
    '/jobs',
    {
      config: { needs: ['queue'] },
      schema: {
        operationId: 'listJobs',
        summary: 'List jobs, newest first',
        tags,
        querystring: JobsQuery,
        response: { 200: page(JobRef) },
      },
    },
    async (request) => listJobs(api, request.query),
  );

  app.get(
    '/jobs/:id',
    {
      config: { needs: ['queue'], polled: true },
      schema: {
        operationId: 'getJob',
        summary: 'One job: its state, progress and result',
        tags,
        params: ById,
        response: { 200: JobRef },
      },
    },
    async (request) => getJob(api, request.params.id),
  );

  app.post(
    '/jobs/:id/cancel',
    {
      config: { needs: ['queue', 'state'] },
      schema: {
        operationId: 'cancelJob',
        summary: 'Cancel a job',
        description: 'It stops at the next chance; the checkpoints of a training stay.',
        tags,
        params: ById,
        response: { 202: JobRef },
      },
    },
    async (request, reply) => reply.code(202).send(await cancelJob(api, request.params.id)),
  );
}
