import type { FastifyBaseLogger } from 'fastify';
import type { TrackedName } from '../../queue/jobs.ts';
import type { JobView } from '../../queue/queues.ts';
import { cancelJob, getJob, listJobs } from './jobs.ts';
import { orderEvaluation } from './order-evaluation.ts';
import { orderTraining } from './order-training.ts';
import { presentJob } from './presentation.ts';
import { ById, addDescription, definePage } from '../http/schemas.ts';
import { Job, JobRequest, JobsQuery } from './schemas.ts';
import type { ApiOptions, App } from '../types.ts';

const tags = ['jobs'];

type RequestOf<Name extends TrackedName> = Extract<JobRequest, { type: Name }>;
type Orders = {
  readonly [Name in TrackedName]: (
    api: ApiOptions,
    request: RequestOf<Name>,
    log: FastifyBaseLogger,
  ) => Promise<JobView>;
};
const ORDERS: Orders = { train: orderTraining, evaluate: orderEvaluation };

export function jobRoutes(app: App, api: ApiOptions): void {
  app.post(
    '/jobs',
    {
      config: { work: true, needs: ['store', 'space', 'queue', 'state'] },
      schema: {
        operationId: 'createJob',
        summary: 'Train or evaluate a model',
        description: 'The answer comes at once; its Location header is the address of the job.',
        tags,
        body: JobRequest,
        response: { 202: addDescription(Job, 'The job, queued.') },
      },
    },
    async (request, reply) => {
      const job = presentJob(await order(api, request.body, request.log));
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
        response: { 200: addDescription(definePage(Job), 'A page of jobs.') },
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
        summary: 'Get the state, progress and result of a job',
        tags,
        params: ById,
        response: { 200: addDescription(Job, 'The job.') },
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
        description: 'The job stops as soon as it can; a training keeps its checkpoints.',
        tags,
        params: ById,
        response: { 202: addDescription(Job, 'The job, cancelled or about to be.') },
      },
    },
    async (request, reply) => reply.code(202).send(await cancelJob(api, request.params.id)),
  );
}

function order<Name extends TrackedName>(
  api: ApiOptions,
  request: { readonly type: Name } & RequestOf<Name>,
  log: FastifyBaseLogger,
): Promise<JobView> {
  const type: Name = request.type;
  return ORDERS[type](api, request, log);
}
