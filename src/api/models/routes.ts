import Type from 'typebox';
import { deleteModel, getMetrics, getModel, listModels } from './models.ts';
import { ById, PageQuery, named, page } from '../http/schemas.ts';
import { Metrics, Model, ModelDetails } from './schemas.ts';
import { problems } from '../http/problem-schema.ts';
import type { ApiOptions, App } from '../types.ts';

const tags = ['models'];

export function modelRoutes(app: App, api: ApiOptions): void {
  app.get(
    '/models',
    {
      schema: {
        summary: 'List models',
        tags,
        querystring: PageQuery,
        response: { 200: page(named(Model)), ...problems(422, 500, 503) },
      },
    },
    async (request) => listModels(api, request.query),
  );

  app.get(
    '/models/:id',
    {
      schema: {
        summary: 'One model, its checkpoints and the state of its job',
        tags,
        params: ById,
        response: { 200: named(ModelDetails), ...problems(400, 404, 500, 503) },
      },
    },
    async (request) => getModel(api, request.params.id),
  );

  app.get(
    '/models/:id/metrics',
    {
      schema: {
        summary: 'How the training went, by step',
        tags,
        params: ById,
        response: { 200: Metrics, ...problems(400, 404, 500, 503) },
      },
    },
    async (request) => getMetrics(api, request.params.id),
  );

  app.delete(
    '/models/:id',
    {
      schema: {
        summary: 'Delete a model and its checkpoints',
        tags,
        params: ById,
        response: { 204: Type.Null({ description: 'Deleted.' }), ...problems(400, 404, 409, 500, 503) },
      },
    },
    async (request, reply) => {
      await deleteModel(api, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
