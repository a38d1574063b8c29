import Type from 'typebox';
import { deleteModel, getMetrics, getModel, listModels } from './models.ts';
import { ById, PageQuery, describe, page } from '../http/schemas.ts';
import { Metrics, Model, ModelDetails } from './schemas.ts';
import type { ApiOptions, App } from '../types.ts';

const tags = ['models'];

export function modelRoutes(app: App, api: ApiOptions): void {
  app.get(
    '/models',
    {
      config: { needs: ['store'] },
      schema: {
        operationId: 'listModels',
        summary: 'List models',
        tags,
        querystring: PageQuery,
        response: { 200: describe(page(Model), 'A page of models.') },
      },
    },
    async (request) => listModels(api, request.query),
  );

  app.get(
    '/models/:id',
    {
      config: { needs: ['store', 'queue'] },
      schema: {
        operationId: 'getModel',
        summary: 'One model, its checkpoints and the state of its job',
        tags,
        params: ById,
        response: { 200: describe(ModelDetails, 'The model.') },
      },
    },
    async (request) => getModel(api, request.params.id),
  );

  app.get(
    '/models/:id/metrics',
    {
      config: { needs: ['store'] },
      schema: {
        operationId: 'getMetrics',
        summary: 'How the training went, by step',
        tags,
        params: ById,
        response: { 200: describe(Metrics, 'The metrics of the training, by ascending step.') },
      },
    },
    async (request) => getMetrics(api, request.params.id),
  );

  app.delete(
    '/models/:id',
    {
      config: { needs: ['store', 'queue', 'state'] },
      schema: {
        operationId: 'deleteModel',
        summary: 'Delete a model and its checkpoints',
        tags,
        params: ById,
        response: { 204: Type.Null({ description: 'Deleted.' }) },
      },
    },
    async (request, reply) => {
      await deleteModel(api, request.params.id);
      return reply.code(204).send(null);
    },
  );
}
