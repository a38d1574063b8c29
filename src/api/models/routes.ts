import Type from 'typebox';
import { deleteModel, getMetrics, getModel, listModels } from './models.ts';
import { ById, PageQuery, addDescription, definePage } from '../http/schemas.ts';
import { MetricsQuery, Model, ModelDetails } from './schemas.ts';
import { formatMetrics, METRICS_ANSWER, linkNextPage } from './metrics-answer.ts';
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
        response: { 200: addDescription(definePage(Model), 'A page of models.') },
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
        summary: 'Get a model, its checkpoints and the state of its job',
        tags,
        params: ById,
        response: { 200: addDescription(ModelDetails, 'The model.') },
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
        summary: 'Get the metrics of a training, by step',
        description:
          'One line per epoch or, with validate_every_steps, per that many steps. train_elbo is the mean over the minibatches observed since the line before; the validation terms are means over the validation rows.',
        tags,
        params: ById,
        querystring: MetricsQuery,
        response: { 200: METRICS_ANSWER },
      },
    },
    async (request, reply) => {
      const { params, query, headers } = request;
      const metrics = await getMetrics(api, params.id, query);
      const { type, content } = formatMetrics(metrics, query, headers.accept);
      const next = linkNextPage(metrics, query);
      if (next !== null) reply.header('link', next);
      return reply.type(type).header('vary', 'accept').send(content);
    },
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
