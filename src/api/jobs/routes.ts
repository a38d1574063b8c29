import type { Readable } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import Type from 'typebox';
import type { JobType, JobView } from '../../queue/queues.ts';
import { cancelJob, getJob, listJobs } from './jobs.ts';
import { orderEvaluation } from './order-evaluation.ts';
import { orderTask } from './order-task.ts';
import { orderTraining } from './order-training.ts';
import { presentJob } from './presentation.ts';
import { deleteResult, downloadResult } from './result.ts';
import { ById, addDescription, definePage } from '../http/schemas.ts';
import { Job, JobRequest, JobsQuery } from './schemas.ts';
import type { ApiOptions, App } from '../types.ts';

const tags = ['jobs'];
const describeFile = (description: string) => ({
  description,
  content: {
    'application/octet-stream': { schema: Type.Unsafe<Readable>({ type: 'string', format: 'binary' }) },
  },
});

type RequestOf<Name extends JobType> = Extract<JobRequest, { type: Name }>;
type Orders = {
  readonly [Name in JobType]: (
    api: ApiOptions,
    request: RequestOf<Name>,
    log: FastifyBaseLogger,
  ) => Promise<JobView>;
};
const ORDERS: Orders = {
  train: orderTraining,
  evaluate: orderEvaluation,
  score: orderTask,
  encode: orderTask,
  impute: orderTask,
  sample: orderTask,
};

export function jobRoutes(app: App, api: ApiOptions): void {
  app.post(
    '/jobs',
    {
      config: { work: true, needs: ['store', 'space', 'queue', 'state'] },
      schema: {
        operationId: 'createJob',
        summary: 'Train or evaluate a model, or use it on all rows of a data set',
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

  app.get(
    '/jobs/:id/result',
    {
      config: { needs: ['store'] },
      schema: {
        operationId: 'getResult',
        summary: 'Download the file of a job',
        description:
          'Of jobs of type score, encode, impute and sample that have succeeded. A Range header asks for a part, and If-Range for that of the same file: the parts put together are the file.',
        tags,
        params: ById,
        response: { 200: describeFile('The file.'), 206: describeFile('The range of bytes.') },
      },
    },
    async (request, reply) => {
      const { status, headers, body } = await downloadResult(api, request.params.id, request.headers);
      return reply.code(status).headers(headers).send(body);
    },
  );

  app.delete(
    '/jobs/:id/result',
    {
      config: { needs: ['store'] },
      schema: {
        operationId: 'deleteResult',
        summary: 'Delete the file of a job',
        tags,
        params: ById,
        response: { 204: Type.Null({ description: 'Deleted.' }) },
      },
    },
    async (request, reply) => {
      await deleteResult(api, request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function order<Name extends JobType>(
  api: ApiOptions,
  request: { readonly type: Name } & RequestOf<Name>,
  log: FastifyBaseLogger,
): Promise<JobView> {
  const type: Name = request.type;
  return ORDERS[type](api, request, log);
}
